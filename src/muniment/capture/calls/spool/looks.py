"""How the looks at a place went: what `muniment doctor` says of it."""

import threading

import msgspec

from muniment.capture.calls.spool.importing import Summary
from muniment.core import clock
from muniment.core.errors import MunimentError

MOST_REFUSED = 5  # files that are named


class LookState(msgspec.Struct, frozen=True):
    """The last look and the last that went well, in seconds since 1970 (0: none yet), and what is wrong now.

    `trouble` says why the last look failed, empty where it went well; `refused` names files that were left, each
    with the reason; `sealed` counts recordings since the process began.
    """

    looked: int = 0
    well: int = 0
    trouble: str = ""
    remedy: str = ""
    sealed: int = 0
    waiting: int = 0
    refused: tuple[str, ...] = ()


class Looks:
    """Written by the thread that looks, read by whoever asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state = LookState()
        self._refused: dict[str, None] = {}

    @property
    def state(self) -> LookState:
        """How it goes now."""
        with self._lock:
            return self._state

    def refused(self, path: str, reason: str) -> None:
        """A file was left during the look that is under way."""
        if len(self._refused) < MOST_REFUSED:
            self._refused[f"{path}: {reason}"] = None

    def went_well(self, summary: Summary | None) -> None:
        """A look ended, with what it took if anything was new."""
        now, refused = clock.seconds(), tuple(self._refused)
        self._refused.clear()
        with self._lock:
            before = self._state
            self._state = LookState(
                looked=now,
                well=now,
                sealed=before.sealed + (summary.sealed if summary else 0),
                waiting=summary.waiting if summary else 0,
                refused=refused,
            )

    def failed(self, error: MunimentError | OSError) -> None:
        """A look ended before its time."""
        said = error.what if isinstance(error, MunimentError) else error.strerror or type(error).__name__
        remedy = error.remedy if isinstance(error, MunimentError) else ""
        self._refused.clear()
        with self._lock:
            self._state = msgspec.structs.replace(
                self._state, looked=clock.seconds(), trouble=said, remedy=remedy
            )
