"""Who listens to a call under way, by an unguessable word: for at most thirty minutes, and never in silence.

The keeper has no sound of such a call. It checks the warrant, writes the entry, and gives a token; the
recorder, which has the sound, gives none of it before the keeper has said what the token is good for.
"""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from muniment.core.errors import RefusedError

LIFE = 30 * 60  # seconds
MISSED = 2 * 60  # seconds after its end in which the recorder should have said what was heard
_TOKEN_BYTES = 32


@dataclass(frozen=True)
class Listener:
    """Somebody who listens to one call, under a warrant for these lines; `over` once they may no longer."""

    organisation: str
    warrant: str
    call: str
    lines: tuple[str, ...]
    until: int
    over: str = ""


class Monitors:
    """The listeners of one keeper. Several threads may ask at once."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._listening: dict[bytes, Listener] = {}

    def begin(self, organisation: str, warrant: str, call: str, lines: tuple[str, ...], last: int) -> bytes:
        """A token for a new listener, good for half an hour and not beyond `last` (seconds since 1970)."""
        token = secrets.token_bytes(_TOKEN_BYTES)
        until = min(self._clock() + LIFE, last)
        with self._lock:
            self._listening[token] = Listener(organisation, warrant, call, lines, until)
        return token

    def find(self, organisation: str, token: bytes) -> Listener:
        """The listener with this token; RefusedError if there is none in this organisation."""
        with self._lock:
            found = self._listening.get(token)
        if found is None or found.organisation != organisation:
            raise RefusedError("Nobody listens by this token.", remedy="Sign again, and begin anew.")
        if not found.over and not found.until - LIFE <= self._clock() < found.until:
            return replace(found, over="its time was over")
        return found

    def stop(self, organisation: str, why: str, *, token: bytes = b"", warrant: str = "") -> None:
        """Let one listener hear nothing more, or everybody under a warrant."""
        with self._lock:
            for name, each in self._listening.items():
                meant = name == token or (warrant and each.warrant == warrant)
                if each.organisation == organisation and meant and not each.over:
                    self._listening[name] = replace(each, over=why)

    def remove(self, organisation: str, token: bytes) -> Listener:
        """Take a listener out, to write that they have ended; RefusedError if there is none."""
        found = self.find(organisation, token)
        with self._lock:
            self._listening.pop(token, None)
        return found

    def missed(self, organisation: str) -> tuple[Listener, ...]:
        """Take out those of whose end the recorder has said nothing, long after it."""
        late = self._clock() - MISSED
        with self._lock:
            gone = {
                name: each
                for name, each in self._listening.items()
                if each.organisation == organisation and each.until < late
            }
            for name in gone:
                del self._listening[name]
        return tuple(gone.values())
