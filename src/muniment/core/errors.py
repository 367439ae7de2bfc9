"""Errors that say what happened, why, and what to do.

Each carries the exit status that the command line gives for it: 1 found a fault, 2 wrong use,
3 refused by policy, 4 not available.
"""

import traceback
from typing import ClassVar


class MunimentError(Exception):
    """Something that a person must hear of: what happened, why, and what to do about it."""

    exit_status: ClassVar[int] = 4

    def __init__(self, what: str, *, why: str = "", remedy: str = "") -> None:
        super().__init__(what, why, remedy)
        self.what = what
        self.why = why
        self.remedy = remedy

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.why, self.remedy) if part)


class FaultFoundError(MunimentError):
    """The evidence itself is not as it should be: damaged, missing, altered or rolled back."""

    exit_status = 1


class WrongUseError(MunimentError):
    """The caller asked for something that makes no sense as written."""

    exit_status = 2


class RefusedError(MunimentError):
    """A rule says no. Asking again in the same way gets the same answer."""

    exit_status = 3


class NotAvailableError(MunimentError):
    """It cannot be done now: a disk is full, a service is down, a key is absent. Try again later."""

    exit_status = 4


class LockedError(NotAvailableError):
    """An organisation's own key has not been given: its mail is sealed, and nothing of it is opened."""


class StaleKeyError(NotAvailableError):
    """Something was sealed with a key that is no longer taken. Ask for the key, and seal it again."""


def describe(error: BaseException) -> dict[str, object]:
    """Kind and place of an error, outermost first; its message only where it is one of our own."""
    frames = traceback.extract_tb(error.__traceback__)
    described: dict[str, object] = {
        "error": type(error).__name__,
        "at": [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if isinstance(error, MunimentError):
        described["what"] = str(error)
    return described
