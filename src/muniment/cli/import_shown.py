"""What a person sees of an import while it runs: names of files and counts, never a word of what they hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.filesize import decimal

if TYPE_CHECKING:
    from muniment.capture.tally import Progress


class Shown:
    """A line that is written anew as it goes on, and what could not be read above it."""

    def __init__(self, things: str) -> None:
        """`things` are what is counted: messages, recordings."""
        self._things = things
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._status = self._console.status(f"Looking for {things} …")
        if self._console.is_terminal:
            self._status.start()

    def refused(self, path: str, reason: str) -> None:
        """Name what could not be read."""
        self._console.print(f"Not read: {path}: {reason}", markup=False)

    def progress(self, progress: "Progress") -> None:
        """Say how far it is."""
        minutes, seconds = divmod(round(progress.remaining), 60)
        self._status.update(
            f"{progress.seen} {self._things}, {decimal(progress.done)} of {decimal(progress.total)},"
            f" {decimal(round(progress.rate))}/s, {minutes}:{seconds:02} to go"
        )

    def stop(self) -> None:
        """Take the line away."""
        self._status.stop()


@contextmanager
def shown(things: str) -> Iterator[Shown]:
    """Show it for as long as it runs."""
    line = Shown(things)
    try:
        yield line
    finally:
        line.stop()
