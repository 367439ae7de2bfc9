"""A finished call becomes a record: read from its file, completed, sealed, and only then is the file removed.

Whether the keeper has a call already is asked before every attempt but the first: an answer that was lost
must not make two records of one call.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from muniment.capture.batch import Captured, Keeping, keep
from muniment.capture.calls.live.assembly import Assembly
from muniment.capture.calls.live.recovering import Recovery
from muniment.capture.calls.live.spool import chunks
from muniment.capture.statement import CaptureStatement, digest
from muniment.capture.stream import seal_stream
from muniment.core.call_facts import CallFacts
from muniment.core.call_settings import CallSource
from muniment.core.ids import RecordId, new_record_id
from muniment.vault.live_keys import HEAD_BYTES, LiveHead, read_head, wrap_live
from muniment.vault.messages import Adopted, Receipt
from muniment.vault.segments import SEGMENT_BYTES, Extent

CUT = "the recorder was cut off: up to a second before the end is missing"
_MILLISECONDS = 1000


class CallKeeping(Keeping, Protocol):
    """What calls ask of the keeper; `vault.client.CaptureDoor` is one."""

    def adopt_call(self, head: LiveHead) -> Adopted:
        """The key of a call whose recorder is gone, and whether it was sealed after all."""
        ...

    def decline_call(self, organisation: str, reason: str) -> Receipt:
        """Write that a call was declined."""
        ...

    def declare_test(self, organisation: str, record: RecordId) -> Receipt:
        """Write that a test call will come under this identifier."""
        ...


@dataclass
class Finished:
    """A call that is over, with its key."""

    organisation: str
    call: str
    path: Path
    key: bytes = field(repr=False)
    facts: CallFacts | None
    """None where a crash has left only what the file says."""
    head: LiveHead | None = None
    """As it stands in the file, durable; None if the call was never kept."""
    tried: bool = False
    """Whether the keeper may have it already."""
    sources: tuple[CallSource, ...] = ()
    """Of the settings, where a crash has left only what the file says: they say what is an extension."""


def seal(keeper: CallKeeping, finished: Finished) -> None:
    """Hand a call over, and remove its file. NotAvailableError: not now; the file stays, try again."""
    _choose_record(keeper, finished)
    if finished.head is not None:
        finished.tried = True
        if finished.facts is not None and finished.facts.test:
            keeper.declare_test(finished.organisation, RecordId(finished.head.record))
        _hand_over(keeper, finished, RecordId(finished.head.record))
    remove(finished.path)


def _choose_record(keeper: CallKeeping, finished: Finished) -> None:
    """See to it that the file's head names the record to be made; no head if the keeper has it already."""
    head = finished.head
    if head is not None and finished.tried and keeper.adopt_call(head).held:
        finished.head = None
        return
    if head is None or finished.tried:
        key = keeper.epoch(finished.organisation)
        finished.head = wrap_live(key, finished.call, finished.key, new_record_id())
        write_head(finished.path, finished.head)


def _hand_over(keeper: CallKeeping, finished: Finished, record: RecordId) -> None:
    recovery = Recovery(finished.organisation, finished.sources) if finished.facts is None else None
    assembly = Assembly(recovery)
    told: list[CallFacts] = []

    def parts() -> Iterator[bytes]:
        yield from assembly.pass_on(chunks(finished.path, finished.call, finished.key))
        if finished.facts is None:
            yield assembly.cut()
        told.append(finished.facts or assembly.facts((CUT,)))
        yield assembly.end(told[0])

    def statement(sha256: str) -> bytes:
        return CaptureStatement(
            source=assembly.source,
            received=told[0].ended // _MILLISECONDS,
            form="siprec",
            sha256=sha256,
            channel="call",
            call=told[0],
        ).encode()

    if finished.path.stat().st_size < SEGMENT_BYTES:
        original = b"".join(parts())
        keep(keeper, finished.organisation, [Captured(record, statement(digest(original)), original)])
        return

    def of_extent(extent: Extent) -> bytes:
        return statement(extent.digest.hex())

    seal_stream(keeper, finished.organisation, parts(), of_extent, record)


def write_head(path: Path, head: LiveHead) -> None:
    """Write the head into a file that no worker has open; durable on return."""
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        os.pwrite(descriptor, head.pack(), 0)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_file_head(path: Path) -> LiveHead | None:
    """The head of a live call's file; None if it was never kept. FaultFoundError if it is damaged."""
    with path.open("rb") as file:
        return read_head(file.read(HEAD_BYTES))


def adopt(
    keeper: CallKeeping,
    path: Path,
    head: LiveHead,
    done: Callable[[str], None],
    sources: tuple[CallSource, ...] = (),
) -> None:
    """Seal a kept call that a crash cut off; `done` is told which. Errors as `seal`."""
    adopted = keeper.adopt_call(head)
    if not adopted.held:
        left = Finished(
            head.organisation, head.call, path, adopted.key, None, head, tried=True, sources=sources
        )
        seal(keeper, left)
    else:
        remove(path)
    done(head.call)


def remove(path: Path) -> None:
    """Remove a call's file; its name is gone for good on return."""
    path.unlink(missing_ok=True)
    with suppress(OSError):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
