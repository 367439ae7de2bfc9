"""How governance writes times, counts and names for people, in British English."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/London")

ACTIONS = {
    "view": "read",
    "listen": "listen to",
    "export": "take copies of",
    "erase": "erase",
    "excise": "take stretches out of",
    "locate": "look for",
    "rebuild": "read again to rebuild the index",
}


def when(seconds: int) -> str:
    """A moment with its zone, such as “10 December 2026, 17:05 GMT”."""
    at = datetime.fromtimestamp(seconds, UTC).astimezone(ZONE)
    return f"{at.day} {at:%B %Y, %H:%M %Z}"


def records(count: int) -> str:
    """“1 record”, “12 records”."""
    return "1 record" if count == 1 else f"{count:,} records"


def acts(actions: tuple[str, ...] | list[str]) -> str:
    """“read and take copies of”, in a settled order."""
    return listing([ACTIONS[name] for name in ACTIONS if name in actions])


def deeds(actions: tuple[str, ...] | list[str]) -> str:
    """“Read and take copies”: the same where no object follows."""
    words = acts(actions).removesuffix(" of").removesuffix(" to")
    return words[0].upper() + words[1:]


def listing(items: list[str]) -> str:
    """“a, b and c”; “nobody” for none."""
    if not items:
        return "nobody"
    head, last = items[:-1], items[-1]
    return f"{', '.join(head)} and {last}" if head else last
