"""Files of call details into the vault: which calls there were, so that what is held can be held against it.

1. A file is whole when it has not changed for a while; one that still grows is taken once a day.
2. Only a file in which calls are found is taken; what is held already, by its SHA-256, is passed over.
3. A file that says which keys were pressed is not kept as it is: its accounts are, without them.
"""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePath

import msgspec

from muniment.capture import batch as batches
from muniment.capture.batch import Captured, Keeping
from muniment.capture.calls.spool import finding, listing, stable
from muniment.capture.calls.spool.fields import Mapped
from muniment.capture.calls.spool.finding import Seen
from muniment.capture.statement import CaptureStatement
from muniment.capture.tally import Held
from muniment.core import clock
from muniment.core.errors import MunimentError
from muniment.core.ids import new_record_id
from muniment.core.row_mapping import RowMapping

LARGEST = 32 * 1024 * 1024  # bytes: more would be kept in segments, which nobody reads for figures
GROWING = 24 * 3600  # seconds after which a file that has changed since is taken again


class DetailSummary(msgspec.Struct, frozen=True):
    """What an import of call details did; `calls` counts the calls in what was sealed."""

    seen: int = 0
    sealed: int = 0
    already_held: int = 0
    failed: int = 0
    waiting: int = 0
    calls: int = 0


class DetailNotes:
    """What was met in a folder that is looked at again and again: nothing is read twice for nothing."""

    def __init__(self) -> None:
        self._met: dict[PurePath, tuple[float, int, int]] = {}

    def add(self, seen: Seen, taken: float) -> None:
        """Note a file; `taken` by the monotonic clock, or −GROWING for one that may be looked at any time."""
        self._met[seen.path] = (taken, seen.size, seen.changed)

    def news(self, accounts: Iterable[Seen]) -> list[Seen]:
        """Those files that are new or changed, save one that was taken less than a day ago and still grows."""
        return [seen for seen in accounts if seen.suffix != "txt" and not self._is_known(seen)]

    def _is_known(self, seen: Seen) -> bool:
        before = self._met.get(seen.path)
        if before is None:
            return False
        taken, size, changed = before
        return (size, changed) == (seen.size, seen.changed) or time.monotonic() < taken + GROWING


@dataclass
class DetailImport:
    """Takes files of call details of one organisation. `fault` says why it ended early, if it did."""

    keeper: Keeping
    organisation: str
    held: Held
    source: str = "import"
    mapped: Mapped = field(default_factory=Mapped)
    rest: float = stable.REST
    refused: Callable[[str, str], None] = lambda _path, _reason: None
    notes: DetailNotes = field(default_factory=DetailNotes)
    fault: MunimentError | None = None

    def run(self, paths: Iterable[Path]) -> DetailSummary:
        """Seal every file of calls below `paths` that is not held yet."""
        return self.take(finding.survey(paths, self.refused).accounts)

    def take(self, accounts: Iterable[Seen]) -> DetailSummary:
        """The same for files that a walk has met."""
        count = dict.fromkeys(DetailSummary.__struct_fields__, 0)
        for seen in self.notes.news(accounts):
            if self.fault is not None:
                break
            self._one(seen, count)
        return DetailSummary(**count)

    def _one(self, seen: Seen, count: dict[str, int]) -> None:
        try:
            data = seen.read() if seen.size <= LARGEST else b""
            accounts = listing.read(data, seen.origin, self.mapped)
        except (OSError, MunimentError) as error:
            said = error.what if isinstance(error, MunimentError) else error.strerror or "cannot be read"
            self._fail(seen, said, count)
            return
        if not accounts:
            self.notes.add(seen, -GROWING)
            if seen.size > LARGEST:
                self._fail(seen, "more than 32 MiB: leave one file for each day", count)
            return
        count["seen"] += 1
        if not stable.is_whole(seen, self.rest):
            count["waiting"] += 1
            return
        kept = listing.without_keys(accounts) if listing.tells_keys(data) else data
        digest = hashlib.sha256(kept).digest()
        if self.held.holds(digest):
            count["already_held"] += 1
        elif self._seal(seen, kept, digest):
            count["sealed"] += 1
            count["calls"] += len(accounts)
        else:
            count["failed"] += 1
            return
        self.notes.add(seen, time.monotonic())

    def _seal(self, seen: Seen, original: bytes, digest: bytes) -> bool:
        statement = CaptureStatement(
            source=self.source,
            received=clock.seconds(),
            form="cdr",
            sha256=digest.hex(),
            origin=seen.origin,
            channel="call-detail",
            mapping=RowMapping(
                dict(self.mapped.columns),
                dict(self.mapped.directions),
                self.mapped.zone,
                self.mapped.region,
            ),
        ).encode()
        try:
            receipt = batches.keep(
                self.keeper, self.organisation, [Captured(new_record_id(), statement, original)]
            )
        except MunimentError as error:
            self.fault = error
            return False
        self.held.add(receipt.first, [digest])
        return True

    def _fail(self, seen: Seen, reason: str, count: dict[str, int]) -> None:
        count["seen"] += 1
        count["failed"] += 1
        self.notes.add(seen, -GROWING)
        self.refused(seen.origin, reason)
