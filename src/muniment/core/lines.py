"""The lines whose calls somebody may listen to while they last: written one way, and found in a call's parties."""

import re
from collections.abc import Collection, Iterable

from muniment.core.call_facts import CallParty
from muniment.core.phone_numbers import EXTENSION, address, national

_BETWEEN = re.compile(r"[,;\n]+")


def lines_in(text: str) -> tuple[str, ...]:
    """The lines that somebody wrote down, with commas between them: +44…, ext:201 or sip:user@host."""
    found = (address(each) for each in _BETWEEN.split(text) if each.strip())
    return tuple(sorted(dict.fromkeys(each for each in found if is_line(each))))


def is_line(text: str) -> bool:
    """Whether an address is a telephone line's, in the one form in which it stands."""
    return text.startswith(("+", EXTENSION, "sip:"))


def lines_of(party: CallParty) -> frozenset[str]:
    """Every way in which a party's line may be named."""
    said = (
        party.e164,
        party.dialled,
        party.address,
        f"{EXTENSION}{party.extension}" if party.extension else "",
    )
    return frozenset(found for each in said if each and is_line(found := address(each)))


def covers(lines: Collection[str], parties: Iterable[CallParty]) -> bool:
    """Whether one of these lines takes part in a call."""
    return any(not lines_of(party).isdisjoint(lines) for party in parties)


def words(line: str) -> str:
    """A line as people write it: “extension 201”, 01632 960001, ann@pbx.example."""
    if extension := line.startswith(EXTENSION) and line.removeprefix(EXTENSION):
        return f"extension {extension}"
    return national(line) if line.startswith("+") else line.removeprefix("sip:")
