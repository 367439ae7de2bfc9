"""One line of JSON for each event, into the process's own log file; never a word of content.

An error's message may quote what was being read, so the log has only its kind and where it was raised.
A log that cannot be written (a full disk) falls silent: a line that is lost must not end a process.
"""

import io
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TextIO, cast, override

import structlog

from muniment.core.errors import describe

type Logger = structlog.typing.FilteringBoundLogger


def configure(process: str, stream: TextIO | None = None) -> Logger:
    """Send this process's log to `stream` (its standard error by default) and return its logger."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _drop_messages,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", _Forgiving(stream or sys.stderr))),
        cache_logger_on_first_use=False,
    )
    logger: Logger = structlog.get_logger().bind(process=process)
    _log_crashes(logger)
    return logger


@contextmanager
def to_file(folder: Path, process: str) -> Iterator[Logger]:
    """A logger that appends to `folder`/PROCESS.log, which only the owner may read."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(
        folder / f"{process}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600
    )
    # Unbuffered: a line that did not fit must not come back and fail at the end.
    with os.fdopen(descriptor, "wb", buffering=0) as raw:
        yield configure(process, io.TextIOWrapper(raw, encoding="utf-8", write_through=True))


class _Forgiving(io.TextIOBase):
    """Writes where it can, and loses the line where it cannot."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @override
    def write(self, text: str) -> int:
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    @override
    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def _drop_messages(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    raised = event.pop("exc_info", None)
    if raised is True:
        raised = sys.exception()
    elif isinstance(raised, tuple):
        raised = raised[1]
    if isinstance(raised, BaseException):
        event.update(describe(raised))
    return event


def _log_crashes(logger: Logger) -> None:
    """Python's own reports print the message of the error; ours do not."""

    def crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        logger.critical("crashed", exc_info=error.with_traceback(trace))

    def thread_crashed(given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None:
            crashed(given.exc_type, given.exc_value, given.exc_traceback)

    def unraisable(given: "sys.UnraisableHookArgs") -> None:
        if given.exc_value is not None:
            crashed(given.exc_type, given.exc_value, given.exc_traceback)

    sys.excepthook = crashed
    threading.excepthook = thread_crashed
    sys.unraisablehook = unraisable
