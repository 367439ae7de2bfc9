"""An import of recordings: files in, sealed records out, with a count of everything that was seen.

1. Walk; put recordings and accounts together.
2. What may still be written to is left for the next time.
3. What a recording rule leaves out stays where it is, and the ledger says once by which rule nothing of it is kept;
   what is held already, by its SHA-256, is passed over.
4. Small files go in batches, large ones in segments, read again while they are sealed: a file that changed
   meanwhile is not kept, and is named.
5. What is on stable storage is noted before anything is said about it, and only then may the file go.
"""

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import msgspec

from muniment.capture import batch as batches
from muniment.capture import tally
from muniment.capture.batch import Captured, Keeping
from muniment.capture.calls.ruling import Ruling
from muniment.capture.calls.spool import finding, matching, stable, wave
from muniment.capture.calls.spool.account import Account
from muniment.capture.calls.spool.fields import Mapped
from muniment.capture.calls.spool.finding import Found, Kind, Seen
from muniment.capture.calls.spool.matching import Matched
from muniment.capture.statement import CaptureStatement, Channel, Form
from muniment.capture.stream import seal_stream
from muniment.capture.tally import Held, Tally
from muniment.core import clock
from muniment.core.call_facts import CallFacts
from muniment.core.call_outline import Outline, outline
from muniment.core.errors import MunimentError, NotAvailableError
from muniment.core.ids import new_record_id
from muniment.core.rule_settings import RecordingRule
from muniment.vault.messages import Receipt
from muniment.vault.segments import Extent

LARGEST_BATCH = 64  # recordings
LARGEST_WHOLE = 32 * 1024 * 1024  # bytes; more goes in segments, and is described by its head alone
TIME_OF_FILE = "nobody said when the call was: the time of its file stands for it"
LEFT_OUT = b"muniment/left-out/v1"
MOST_NAMED = 1000  # orphans that a summary names; all are counted


class Recording(Keeping, Protocol):
    """What an import of recordings asks of the keeper; `vault.client.CaptureDoor` is one."""

    def decline_call(self, organisation: str, reason: str) -> Receipt:
        """Write that nothing of a call is kept, and why."""


class Summary(tally.Summary, frozen=True, kw_only=True):
    """What an import of recordings did.

    seen = sealed + already_held + failed + waiting + doubled + left_out, unless it was stopped. `waiting` may still be
    written to, `doubled` are further formats of a message that was kept, `without_account` recordings that
    no account of the switch explains, `unrecorded` answered calls without a recording; both by name.
    `left_out` are not kept because a recording rule says so.
    """

    waiting: int
    doubled: int
    without_account: tuple[str, ...] = ()
    unrecorded: tuple[str, ...] = ()
    unrecorded_count: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Ports(tally.Ports):
    """The same, and which file is safe now."""

    kept: Callable[[Seen], None] = lambda _: None
    left: Callable[[Seen], None] = lambda _: None
    """A rule leaves it out: it stays where it is, and need not be looked at again."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How recordings are taken in. `rest` and `patience` are seconds.

    A recording must not have changed for `rest`; one without an account waits for it up to `patience`.
    """

    source: str = "import"
    kind: Kind = "auto"
    mapped: Mapped = field(default_factory=Mapped)
    rest: float = stable.REST
    patience: float = 0.0
    ruling: Ruling = field(default_factory=Ruling)


@dataclass(slots=True)
class _Count(Tally):
    waiting: int = 0
    doubled: int = 0
    left_out: int = 0
    without_account: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ready:
    """A file that is to be sealed."""

    seen: Seen
    digest: bytes
    channel: Channel
    form: Form
    account: Account | None


class SpoolImport:
    """One run over some paths for one organisation."""

    def __init__(
        self,
        keeper: Recording,
        organisation: str,
        held: Held,
        *,
        ports: Ports | None = None,
        manner: Manner | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        self._keeper = keeper
        self._organisation = organisation
        self._held = held
        self._ports = ports or Ports()
        self._manner = manner or Manner()
        self._stop = stop or threading.Event()
        self._count = _Count()
        self._under_way: set[bytes] = set()
        self.fault: MunimentError | None = None

    def run(self, paths: Iterable[Path], known: Callable[[Seen], bool] = lambda _: False) -> Summary:
        """Seal every recording below `paths` that is not held yet; `known` ones are not even looked at.

        If the keeper goes away, `fault` says so and the summary counts what was kept until then.
        """
        return self.take(finding.survey(paths, self._refused, self._manner.kind), known)

    def take(self, found: Found, known: Callable[[Seen], bool] = lambda _: False) -> Summary:
        """The same for files that a walk has met."""
        manner = self._manner
        matches = matching.match(found, self._ports.refused, manner.mapped, manner.kind)
        self._count.total = found.size
        vcons = [Matched(seen, "call", None) for seen in found.vcons]
        self._count.doubled = len(matches.doubled)
        self._count.seen = len(matches.doubled)
        waiting = [one for one in (*matches.recordings, *vcons) if not known(one.seen)]
        for group in tally.grouped(self._ready(waiting, frozenset(found.vcons)), LARGEST_BATCH):
            self._keep(group)
            if self.fault or self._stop.is_set():
                break
        return self._summary(matches.unrecorded)

    def _ready(self, recordings: Iterable[Matched], vcons: frozenset[Seen]) -> Iterator[tuple[Ready, int]]:
        for one in recordings:
            if self._stop.is_set() or self.fault:
                return
            self._count.seen += 1
            if not self._is_due(one):
                self._count.waiting += 1
                continue
            try:
                digest = _digest(one.seen)
            except OSError as error:
                self._fail(one.seen, error.strerror or "cannot be read")
                continue
            self._count.bytes += one.seen.size
            if rule := left_out_by(one, self._organisation, self._manner):
                self._leave_out(one.seen, digest, rule)
                continue
            if digest in self._under_way or self._held.holds(digest):
                self._count.already_held += 1
                self._ports.kept(one.seen)
                continue
            self._under_way.add(digest)
            if one.account is None and one.seen not in vcons:
                self._count.without_account.append(one.seen.origin)
            form: Form = "vcon" if one.seen in vcons else "audio"
            yield Ready(one.seen, digest, one.channel, form, one.account), one.seen.size

    def _leave_out(self, seen: Seen, digest: bytes, rule: RecordingRule) -> None:
        try:
            note_left_out(self._keeper, self._organisation, self._held, digest, rule)
        except MunimentError as error:
            self._count.failed += 1
            self.fault = self.fault or error
            return
        self._count.left_out += 1
        self._ports.left(seen)

    def _is_due(self, one: Matched) -> bool:
        if not stable.is_whole(one.seen, self._manner.rest):
            return False
        unexplained = one.account is None or any(
            "only the recording's name" in each for each in one.account.defects
        )
        return not unexplained or clock.now().timestamp() - one.seen.changed / 1e9 >= self._manner.patience

    def _keep(self, group: list[Ready]) -> None:
        """Seal a group, note what is durable, and tell of each file that may go."""
        try:
            if len(group) == 1 and group[0].seen.size > LARGEST_WHOLE:
                self._note(self._streamed(group[0]), group)
            elif loaded := self._loaded(group):
                ready = [one for one, _ in loaded]
                receipt = batches.keep(self._keeper, self._organisation, [each for _, each in loaded])
                self._note(receipt.first, ready)
        except _ChangedError:
            self._fail(group[0].seen, "it changed while it was read")
        except OSError as error:
            self._fail(group[0].seen, error.strerror or "cannot be read")
        except MunimentError as error:
            self._count.failed += len(group)
            self.fault = self.fault or error
        self._under_way.difference_update(one.digest for one in group)  # what was kept, `held` knows
        self._ports.progress(self._count.progress)

    def _loaded(self, group: Iterable[Ready]) -> list[tuple[Ready, Captured]]:
        loaded = []
        for one in group:
            try:
                original = one.seen.read()
            except OSError as error:
                self._fail(one.seen, error.strerror or "cannot be read")
                continue
            if hashlib.sha256(original).digest() != one.digest:
                self._fail(one.seen, "it changed while it was read")
                continue
            loaded.append(
                (
                    one,
                    Captured(new_record_id(), statement_of(one, self._organisation, self._manner), original),
                )
            )
        return loaded

    def _streamed(self, one: Ready) -> int:
        def told(extent: Extent) -> bytes:
            if extent.digest != one.digest:
                raise _ChangedError
            return statement_of(one, self._organisation, self._manner)

        return seal_stream(self._keeper, self._organisation, one.seen.blocks(), told).first

    def _note(self, first: int, ready: list[Ready]) -> None:
        self._held.add(first, [one.digest for one in ready])
        for one in ready:
            self._count.sealed += 1
            self._count.done += one.seen.size
            self._ports.kept(one.seen)

    def _refused(self, path: str, reason: str) -> None:
        self._count.seen += 1
        self._count.failed += 1
        self._ports.refused(path, reason)

    def _fail(self, seen: Seen, reason: str) -> None:
        self._count.failed += 1
        self._ports.refused(seen.origin, reason)

    def _summary(self, unrecorded: list[Account]) -> Summary:
        count = self._count
        return count.summary(
            Summary,
            waiting=count.waiting,
            doubled=count.doubled,
            without_account=tuple(count.without_account[:MOST_NAMED]),
            unrecorded=tuple(f"{one.origin}: {one.call or one.recording}" for one in unrecorded[:MOST_NAMED]),
            unrecorded_count=len(unrecorded),
            left_out=count.left_out,
        )


def left_out_by(one: Matched, organisation: str, manner: Manner) -> RecordingRule | None:
    """The rule that leaves a recording out, by what is known before it is opened: of a vCon only its source."""
    if one.account is None:
        known = Outline(organisation, manner.source, channel=one.channel)
    else:
        facts = one.account.facts("", manner.mapped.region)
        known = outline(organisation, manner.source, facts, one.channel)
    return manner.ruling.leaves_out(known)


def note_left_out(
    keeper: Recording, organisation: str, held: Held, digest: bytes, rule: RecordingRule
) -> None:
    """Nothing of it is kept, and the ledger says so once: that is noted under a digest of its own."""
    noted = hashlib.sha256(LEFT_OUT + digest).digest()
    if not held.holds(noted):
        receipt = keeper.decline_call(organisation, rule.word)
        held.add(receipt.first, [noted])


def statement_of(one: Ready, organisation: str, manner: Manner) -> bytes:
    """The capture statement of a recording that comes in now."""
    name = one.digest.hex()[:32]
    return CaptureStatement(
        source=manner.source,
        received=clock.seconds(),
        form=one.form,
        sha256=one.digest.hex(),
        origin=one.seen.origin,
        channel=one.channel,
        call=msgspec.UNSET
        if one.form == "vcon"
        else manner.ruling.settled(
            _facts(one, name, manner.mapped.region), organisation, manner.source, one.channel
        ),
        region=manner.mapped.region or msgspec.UNSET if one.form == "vcon" else msgspec.UNSET,
    ).encode()


def _facts(one: Ready, name: str, region: str) -> CallFacts:
    """What the switch says; where it does not say when, the file's own time stands for it, and says so.

    A recorder that writes nothing else closes its file when the call ends.
    """
    account = one.account or Account()
    length = account.seconds or _length(one.seen)
    if account.started:
        return msgspec.structs.replace(account, seconds=length).facts(name, region)
    ended = one.seen.changed // 1_000_000
    began = max(ended - length * 1000, 0)
    defects = (*account.defects, TIME_OF_FILE)
    return msgspec.structs.replace(
        account, started=began, answered=began if length else 0, ended=ended, defects=defects
    ).facts(name, region)


def _length(seen: Seen) -> int:
    """Seconds of a WAV file by its head; 0 for any other, whose length is known once it is read."""
    try:
        return wave.seconds(seen.start(), seen.size)
    except OSError:
        return 0


class _ChangedError(NotAvailableError):
    """A file is another than it was when its digest was taken."""

    def __init__(self) -> None:
        super().__init__("The file changed while it was read.")


def _digest(seen: Seen) -> bytes:
    digest = hashlib.sha256()
    for block in seen.blocks():
        digest.update(block)
    return digest.digest()
