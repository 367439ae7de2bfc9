"""How governance writes times, counts and names for people, in British English."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from muniment.core import lines as telephone

ZONE = ZoneInfo("Europe/London")

ACTIONS = {
    "view": "read",
    "listen": "listen to",
    "export": "take copies of",
    "erase": "erase",
    "compress": "keep as Opus the sound of",
    "excise": "take stretches out of",
    "locate": "look for",
    "monitor": "listen to calls in progress on",
    "rebuild": "read again to rebuild the index",
}


def when(seconds: int) -> str:
    """A moment with its zone, such as “10 December 2026, 17:05 GMT”."""
    at = datetime.fromtimestamp(seconds, UTC).astimezone(ZONE)
    return f"{at.day} {at:%B %Y, %H:%M %Z}"


def records(count: int) -> str:
    """“1 record”, “12 records”."""
    return "1 record" if count == 1 else f"{count:,} records"


OF_THEIR_OWN = {
    "compress": "Keep old recordings as Opus",
    "excise": "Take stretches out of a recording",
}
"""What a request is called that is made for one of these acts, on a page of its own."""


def kind(title: str, actions: tuple[str, ...] | list[str]) -> str:
    """What a request is called: by the act that has a page of its own, or as its class is."""
    return next((OF_THEIR_OWN[name] for name in actions if name in OF_THEIR_OWN), title)


def things(count: int, lines: tuple[str, ...] | list[str] = ()) -> str:
    """What a grant is about: so many records, or the lines whose calls may be heard while they last."""
    return listing([telephone.words(line) for line in lines]) if lines else records(count)


def acts(actions: tuple[str, ...] | list[str]) -> str:
    """“read and take copies of”, in a settled order."""
    return listing([ACTIONS[name] for name in ACTIONS if name in actions])


def deeds(actions: tuple[str, ...] | list[str]) -> str:
    """“Read and take copies”: the same where no object follows."""
    words = acts(actions).removesuffix(" of").removesuffix(" to").removesuffix(" on")
    return words[0].upper() + words[1:]


def listing(items: list[str]) -> str:
    """“a, b and c”; “nobody” for none."""
    if not items:
        return "nobody"
    head, last = items[:-1], items[-1]
    return f"{', '.join(head)} and {last}" if head else last
