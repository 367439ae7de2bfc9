"""The keeper's and the librarian's doors, one of each for the process."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.conf import settings

from muniment.capture.calls.door import RecorderDoor
from muniment.capture.calls.spool.door import SpoolDoor
from muniment.core.home import Home
from muniment.search.client import Librarian
from muniment.vault.client import CaptureDoor, DeskDoor


def desk() -> DeskDoor:
    """The keeper's desk door of this installation."""
    return _desk(settings.HOME)


@contextmanager
def sealer() -> Iterator[CaptureDoor]:
    """The keeper's capture door, for as long as sealing takes: it adds records, and opens none."""
    door = CaptureDoor(settings.HOME.socket("capture"))
    try:
        yield door
    finally:
        door.close()


def recorder() -> RecorderDoor:
    """The recorder of this installation."""
    return RecorderDoor(settings.HOME.socket("recorder"))


def spool() -> SpoolDoor:
    """The process that takes recordings as files."""
    return SpoolDoor(settings.HOME.socket("spool"))


def librarian() -> Librarian:
    """The librarian of this installation."""
    return _librarian(settings.HOME)


@cache
def _desk(home: Home) -> DeskDoor:
    return DeskDoor(home.socket("desk"))


@cache
def _librarian(home: Home) -> Librarian:
    return Librarian(home)
