"""What all imports share: what is held already, how far one is, whom it tells, and the count of what it met."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from muniment.capture.batch import HEAVIEST_BATCH


class Held(Protocol):
    """What is held already; `files.held.HeldDigests` is one."""

    def holds(self, digest: bytes) -> bool:
        """Whether something with this SHA-256 is held."""
        ...

    def add(self, first: int, digests: list[bytes]) -> None:
        """Note what is durable now, from place `first` of the ledger on."""
        ...

    def remember(self, digests: list[bytes]) -> None:
        """Note what follows from all that is durable by now: it counts as long as that does."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: things and bytes so far, bytes in all, and seconds since the start."""

    seen: int
    done: int
    total: int
    seconds: float

    @property
    def rate(self) -> float:
        """Bytes per second."""
        return self.done / self.seconds if self.seconds else 0.0

    @property
    def remaining(self) -> float:
        """Seconds that it will take yet, at the rate so far."""
        return (self.total - self.done) / self.rate if self.rate else 0.0


@dataclass(frozen=True, slots=True)
class Ports:
    """Whom an import tells: of a path that it could not read and the reason, and how far it is."""

    refused: Callable[[str, str], None] = lambda _path, _reason: None
    progress: Callable[[Progress], None] = lambda _: None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did: things, bytes of those that were seen, seconds."""

    seen: int
    sealed: int
    already_held: int
    failed: int
    bytes: int
    seconds: float


@dataclass(slots=True)
class Tally:
    """The count while it runs. `total` is in bytes."""

    seen: int = 0
    sealed: int = 0
    already_held: int = 0
    failed: int = 0
    bytes: int = 0
    done: int = 0
    total: int = 0
    begun: float = field(default_factory=time.monotonic)

    @property
    def progress(self) -> Progress:
        """How far it is now."""
        return Progress(self.seen, self.done, self.total, time.monotonic() - self.begun)

    def summary[S: Summary](self, kind: Callable[..., S], **more: object) -> S:
        """What it did, as a summary of this kind, whose further fields are `more`."""
        return kind(
            seen=self.seen,
            sealed=self.sealed,
            already_held=self.already_held,
            failed=self.failed,
            bytes=self.bytes,
            seconds=round(time.monotonic() - self.begun, 3),
            **more,
        )


def grouped[T](weighed: Iterable[tuple[T, int]], most: int) -> Iterator[list[T]]:
    """Things put together for one commit: at most so many, and not heavier than a batch may be.

    What alone is heavier is alone.
    """
    group: list[T] = []
    heavy = 0
    for thing, weight in weighed:
        if group and heavy + weight > HEAVIEST_BATCH:
            yield group
            group, heavy = [], 0
        group.append(thing)
        heavy += weight
        if len(group) >= most:
            yield group
            group, heavy = [], 0
    if group:
        yield group
