"""Decoded windows that were asked for lately, in memory only, and never more than a bound."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

MOST_BYTES: Final = 48 * 1024 * 1024  # of one process: about 25 minutes of sound

type Name = tuple[str, str, int]
"""Whose opening, what, and which part of it."""


class Kept:
    """What was derived for openings; the longest unused goes first. Threads share it."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._held: OrderedDict[Name, bytes] = OrderedDict()
        self._size = 0

    @property
    def size(self) -> int:
        """Bytes that are held."""
        return self._size

    def get(self, name: Name, make: Callable[[], bytes]) -> bytes:
        """What has this name, made where it is not at hand."""
        with self._lock:
            if (found := self._held.get(name)) is not None:
                self._held.move_to_end(name)
                return found
        made = make()
        with self._lock:
            self._add(name, made)
        return made

    def forget(self, opening: str) -> None:
        """Let go of everything of one opening."""
        with self._lock:
            for name in [one for one in self._held if one[0] == opening]:
                self._size -= len(self._held.pop(name))

    def _add(self, name: Name, made: bytes) -> None:
        if len(made) > self._most or name in self._held:
            return
        self._held[name] = made
        self._size += len(made)
        while self._size > self._most:
            _, gone = self._held.popitem(last=False)
            self._size -= len(gone)
