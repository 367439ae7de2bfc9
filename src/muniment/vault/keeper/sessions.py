"""Open records: the content of each in the keeper's memory, for at most thirty minutes."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from muniment.core.errors import NotAvailableError, RefusedError
from muniment.vault.keeper.monitors import Monitors

LIFE = 30 * 60  # seconds
MOST_BYTES = 1024 * 1024 * 1024  # of all sessions together
_TOKEN_BYTES = 32


class Content(Protocol):
    """The original bytes of an open record."""

    @property
    def length(self) -> int:
        """How many there are."""
        ...

    @property
    def held(self) -> int:
        """How many bytes of memory they take."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Some of them; fewer than `length` only at their end."""
        ...


@dataclass(frozen=True)
class Whole:
    """Content that is in memory as a whole."""

    data: bytes

    @property
    def length(self) -> int:
        """How many bytes there are."""
        return len(self.data)

    held = length

    def read(self, offset: int, length: int) -> bytes:
        """Some of them."""
        return self.data[offset : offset + length]


@dataclass(frozen=True)
class Session:
    """What one opening lets its holder read."""

    organisation: str
    warrant: str
    record: str
    action: str
    content: Content
    until: int


class Sessions:
    """The open records of one keeper, by their unguessable names."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[bytes, Session] = {}
        self.monitors = Monitors(clock)
        """Those who listen to calls under way."""

    def open(self, organisation: str, warrant: str, record: str, action: str, content: Content) -> bytes:
        """Keep content for reading; NotAvailableError where too much is open already."""
        token = secrets.token_bytes(_TOKEN_BYTES)
        with self._lock:
            self._purge()
            if sum(each.content.held for each in self._open.values()) + content.held > MOST_BYTES:
                raise NotAvailableError(
                    "Too much is open at once.", remedy="Try again when others have finished reading."
                )
            until = self._clock() + LIFE
            self._open[token] = Session(organisation, warrant, record, action, content, until)
        return token

    def find(self, token: bytes) -> Session:
        """The session of this name; RefusedError if it has ended or never was."""
        with self._lock:
            self._purge()
            found = self._open.get(token)
        if found is None:
            raise RefusedError("The record is no longer open.", remedy="Open it again.")
        return found

    def end(self, organisation: str, *, warrant: str = "", record: str = "") -> None:
        """End every session under a warrant, or over a record, of one organisation."""
        if warrant and not record:
            self.monitors.stop(organisation, "the grant was taken back", warrant=warrant)
        with self._lock:
            self._open = {
                token: each
                for token, each in self._open.items()
                if each.organisation != organisation
                or not ((warrant and each.warrant == warrant) or (record and each.record == record))
            }

    def _purge(self) -> None:
        now = self._clock()
        # A clock that was set back must not keep a record open for longer.
        self._open = {
            token: each for token, each in self._open.items() if each.until - LIFE <= now < each.until
        }
