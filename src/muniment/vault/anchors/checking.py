"""Comparing a ledger with every head of it that is kept in `anchors/`, or was brought from elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from muniment.core.errors import FaultFoundError, MunimentError, NotAvailableError
from muniment.vault.anchors import names, timestamps
from muniment.vault.anchors.cosignature import WitnessVerifier
from muniment.vault.anchors.names import Anchor, Ending
from muniment.vault.checkpoint import LedgerVerifier, split_note
from muniment.vault.derived import Excused, check_outside, nothing
from muniment.vault.faults import FaultKind, FaultList
from muniment.vault.layout import Layout
from muniment.vault.survey import Survey

NO_ANCHOR = (
    "No head of this ledger from outside was compared: that the whole folder was set back to an earlier"
    " state cannot be seen without one. Keep a checkpoint elsewhere and give it with --checkpoint."
)
ONLY_MAILED = (
    "Heads of this ledger were mailed, and nothing else came back: compare one that its reader has kept,"
    " with --checkpoint."
)
STRANGER = "{name}: its signature was not checked, for the key or root of {source} was not given."


@dataclass(frozen=True)
class Trust:
    """Whom the reader believes beside the ledger key: witnesses, and roots of time stamp authorities (PEM)."""

    witnesses: tuple[WitnessVerifier, ...] = ()
    roots: tuple[Path, ...] = ()


class AnchorCheck:
    """The comparison for one shard. Make it before the packs are read: a writer may add anchors meanwhile."""

    def __init__(self, layout: Layout, faults: FaultList, trust: Trust) -> None:
        self._folder, self._faults, self._trust = layout.anchors, faults, trust
        self._anchors = names.listed(layout.anchors)
        self._heads = sorted(path.name for path in layout.anchors.glob("*.checkpoint"))

    def check(
        self,
        verifier: LedgerVerifier | None,
        found: Survey,
        outside: tuple[str, ...],
        excused: Excused = nothing,
    ) -> list[str]:
        """Note every fault; the notes on what could not be checked. `excused` as in `check_outside`."""

        def compare(name: str, note: str) -> None:
            check_outside(name, note, verifier, found, self._faults, excused)

        heads = {name: (self._folder / name).read_bytes() for name in self._heads}
        for name, data in heads.items():
            compare(f"anchors/{name}", data.decode("utf-8", "replace"))
        for note in outside:
            compare("the checkpoint that was given", note)
        notes: list[str] = []
        for anchor in self._anchors:
            try:
                notes += self._anchor(anchor, heads.get(names.head_name(anchor.size), b""), compare)
            except NotAvailableError as error:
                notes.append(f"anchors/{anchor.name}: {error}")
            except MunimentError as error:
                self._faults.add(FaultKind.BAD_ANCHOR, f"anchors/{anchor.name}: {error.what}")
        return notes

    def missing(self, outside: tuple[str, ...]) -> list[str]:
        """A note, if nothing here came back from outside."""
        own = {names.head_name(anchor.size) for anchor in self._anchors}
        if outside or set(self._heads) - own or any(a.ending is not Ending.MAILED for a in self._anchors):
            return []
        return [ONLY_MAILED if self._anchors else NO_ANCHOR]

    def _anchor(self, anchor: Anchor, head: bytes, compare: Callable[[str, str], None]) -> list[str]:
        data = (self._folder / anchor.name).read_bytes()
        if not anchor.fits(data):
            raise FaultFoundError("It is not the file that its name states.")
        if anchor.ending is Ending.STAMPED:
            return self._stamp(anchor, data, head)
        text = data.decode("utf-8", "replace")
        if split_note(text)[0].size != anchor.size:
            raise FaultFoundError("It is of another size than its name states.")
        compare(f"anchors/{anchor.name}", text)
        return self._cosigned(anchor, text) if anchor.ending is Ending.COSIGNED else []

    def _cosigned(self, anchor: Anchor, note: str) -> list[str]:
        if not self._trust.witnesses:
            return [_stranger(anchor)]
        if all(witness.time_in(note) is None for witness in self._trust.witnesses):
            raise FaultFoundError("No witness that is trusted has signed it.")
        return []

    def _stamp(self, anchor: Anchor, data: bytes, head: bytes) -> list[str]:
        if not head:
            raise FaultFoundError("The head that it stamps is not here.")
        return [] if timestamps.check(data, head, self._trust.roots).trusted else [_stranger(anchor)]


def _stranger(anchor: Anchor) -> str:
    return STRANGER.format(name=f"anchors/{anchor.name}", source=anchor.source)
