"""The keeper's desk door and the librarian for pages, and what only the ledger can say about an organisation."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.conf import settings

from muniment.capture.calls.door import RecorderDoor
from muniment.search.client import Librarian
from muniment.vault.authority.register import Power, RegisteredKey
from muniment.vault.client import CaptureDoor, DeskDoor


@cache
def desk() -> DeskDoor:
    """The door of the keeper that runs on this home. Threads share it; each call may find it shut."""
    return DeskDoor(settings.HOME.socket("desk"))


def says_demo(organisation: str) -> bool:
    """Whether the organisation's genesis entry says demo. No database row is believed for this."""
    return any(one.demo for one in desk().status().organisations if one.organisation == organisation)


def keys_of(organisation: str, person: str) -> tuple[RegisteredKey, ...]:
    """The person's keys that count now."""
    return tuple(key for key in desk().registered(organisation) if key.person == person)


def may_register(organisation: str, person: str) -> bool:
    """Whether a key of this person may sign a change of the register."""
    return any(Power.REGISTER in key.powers for key in keys_of(organisation, person))


@contextmanager
def sealer() -> Iterator[CaptureDoor]:
    """The door by which a redacted copy is sealed, for as long as that takes: it adds records, and opens none."""
    door = CaptureDoor(settings.HOME.socket("capture"))
    try:
        yield door
    finally:
        door.close()


def recorder() -> RecorderDoor:
    """The recorder of this installation, which may not run."""
    return RecorderDoor(settings.HOME.socket("recorder"))


@cache
def librarian() -> Librarian:
    """The librarian of this installation, who finds records."""
    return Librarian(settings.HOME)
