"""Recovery shares as pages to be printed, one for each custodian: nothing of one stands on another's."""

from collections.abc import Iterable

from muniment.vault import shares
from muniment.vault.setup import RecoveryShare

_GROUPS = 5  # of four letters in a line: few enough to read aloud and copy
_PREFIX = "muniment-share-1-"


def pages(given: Iterable[RecoveryShare], of: str) -> str:
    """The pages, each ended by a form feed, so that a printer takes a sheet for each. `of` says what they open."""
    return "".join(f"{_page(each, of)}\n\f" for each in given)


def _page(share: RecoveryShare, of: str) -> str:
    read = shares.read(share.text)
    groups = share.text.removeprefix(_PREFIX).split("-")
    lines = [groups[at : at + _GROUPS] for at in range(0, len(groups), _GROUPS)]
    return "\n".join(
        [
            f"Recovery share {read.index}, for {share.custodian}",
            f"It helps to open: {of}",
            "",
            *(f"  {number:>2}   {' - '.join(line)}" for number, line in enumerate(lines, 1)),
            "",
            f"{read.threshold} custodians together bring back what a lost passphrase locked; one alone, nothing.",
            "Keep this sheet where you keep what must not be lost. Show it to nobody, not even who asks for us.",
            "To use or rehearse it: muniment recover, and type the letters without the numbers of the lines.",
            "Spaces and capitals do not matter.",
        ]
    )
