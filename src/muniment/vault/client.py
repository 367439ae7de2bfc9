"""The keeper's client: three doors, each open to what its users may do and to nothing else.

A door may be shared by threads: each call takes an idle connection of its own, so that calls of many
threads reach the keeper together and share one group commit.
"""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import msgspec

from muniment.core import errors
from muniment.core.errors import MunimentError, NotAvailableError
from muniment.core.home import Home
from muniment.core.ids import RecordId
from muniment.core.row_mapping import SavedMapping
from muniment.vault import messages as ask
from muniment.vault import wire
from muniment.vault.authority.register import RegisteredKey
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.faults import Report
from muniment.vault.heads import PublishedHead, Succession
from muniment.vault.live_keys import LiveHead
from muniment.vault.messages import (
    Act,
    ActEntry,
    Adopted,
    Answer,
    Batch,
    BrokenErased,
    ErasablePack,
    ErasedTests,
    Erasure,
    Evidence,
    KeysTaken,
    Monitored,
    Monitoring,
    Opening,
    PackCompacted,
    Receipt,
    RegisterView,
    SegmentEvidence,
    Status,
    Unlocked,
)
from muniment.vault.private import private_keeper
from muniment.vault.sealing import EpochKey, SealedBatch

if TYPE_CHECKING:
    from muniment.vault.keyring import UnlockedKeyring

_encoder = msgspec.msgpack.Encoder()
_answers = msgspec.msgpack.Decoder(Answer)


class Door:
    """Connections to one of the keeper's sockets. Close it, or use it as a context manager."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._idle: list[socket.socket] = []
        self._process = os.getpid()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every idle connection; calls in other threads end as they would have."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def status(self) -> Status:
        """Where the keeper and its ledgers stand."""
        return self._ask(ask.AskStatus(), Status)

    def _ask[T](self, request: msgspec.Struct, kind: type[T]) -> T:
        connection = self._take()
        try:
            wire.send(connection, _encoder.encode(request))
            frame = wire.receive(connection)
        except OSError as error:
            connection.close()
            raise _gone(self._path) from error
        except MunimentError:
            connection.close()
            raise
        if frame is None:
            connection.close()
            raise _gone(self._path)
        with self._lock:
            self._idle.append(connection)
        return _unpack(frame, kind)

    def _take(self) -> socket.socket:
        with self._lock:
            if self._process != os.getpid():  # after a fork the parent's connections are not ours
                self._idle.clear()
                self._process = os.getpid()
            while self._idle:
                connection = self._idle.pop()
                if _alive(connection):
                    return connection
                connection.close()
        return wire.dial(self._path)


class CompactingDoor(Door):
    """A door at which packs can be compacted. It takes no warrant: the keys of what goes are gone already."""

    def erasable(self, organisation: str) -> tuple[ErasablePack, ...]:
        """The closed packs that hold erased records, and what could be won in each."""
        return self._ask(ask.AskErasable(organisation), tuple[ErasablePack, ...])

    def compact(self, organisation: str, pack: int) -> PackCompacted:
        """Write one pack again without what was erased; durable on return, and the ledger says so.

        NotAvailableError if the disk is full, a verify is under way or another pack is being compacted:
        nothing is lost.
        """
        return self._ask(ask.Compact(organisation, pack), PackCompacted)


class CaptureDoor(Door):
    """For capture: the public key, and keeping what is sealed with it. Nothing can be read here."""

    def epoch(self, organisation: str) -> EpochKey:
        """The public key to seal new records with, now."""
        return self._ask(ask.AskEpoch(organisation), EpochKey)

    def seal(self, batch: SealedBatch) -> Receipt:
        """Keep a batch; on return it is on stable storage.

        NotAvailableError: it is not kept, or nobody knows; tell the source to try again. StaleKeyError, a
        kind of it: ask for the key, seal it anew, and try again at once.
        """
        return self._ask(ask.Seal(batch.organisation, batch), Receipt)

    def adopt_call(self, head: LiveHead) -> Adopted:
        """The key of a call under way whose recorder is gone, and whether the call was sealed after all."""
        return self._ask(ask.AdoptCall(head.organisation, head), Adopted)

    def decline_call(self, organisation: str, reason: str) -> Receipt:
        """Write that a call was declined during its notice; nothing of it is kept."""
        return self._ask(ask.DeclineCall(organisation, reason), Receipt)

    def declare_test(self, organisation: str, record: RecordId) -> Receipt:
        """Write that a test call will come under this identifier; RefusedError where a record has it already."""
        return self._ask(ask.DeclareTest(organisation, record), Receipt)

    def monitoring(self, organisation: str, token: bytes) -> Monitored:
        """What a listener's token is good for now; RefusedError if for nothing."""
        return self._ask(ask.AskMonitoring(organisation, token), Monitored)

    def end_monitoring(self, organisation: str, token: bytes, heard: int, why: str) -> Receipt:
        """Write that a listener hears nothing more, after `heard` milliseconds."""
        return self._ask(ask.EndMonitoring(organisation, token, heard, why), Receipt)

    def domains(self) -> dict[str, str]:
        """Every assigned domain and the organisation that its mail belongs to, as the ledgers say."""
        return self._ask(ask.AskDomains(), dict[str, str])

    def mappings(self, organisation: str) -> tuple[SavedMapping, ...]:
        """How files of hosted switches are read, as it was saved last; LockedError while nobody can know."""
        return self._ask(ask.AskMappings(organisation), tuple[SavedMapping, ...])


class IndexDoor(CompactingDoor):
    """For the worker and the librarian: each record once, in order, and locating under a warrant."""

    def next_batch(
        self, organisation: str, purpose: str = "index", *, analyser: str, after: int, limit: int
    ) -> Batch:
        """The entries after `after`, at most `limit`; `after` is -1 at the beginning.

        `after` is the `last` of the batch before (advance), or a place inside the last batch or just
        before it (what was lost comes again). Going back further is refused, and so is a third
        analyser of a purpose, without a rebuild warrant; with one, `after` is -1. The examination is in
        the ledger before this returns.
        """
        return self._ask(ask.NextBatch(organisation, purpose, analyser, after, limit), Batch)

    def locate(self, organisation: str, warrant: str, assertion: SignedStatement, query: str) -> Receipt:
        """Write a search to the ledger; RefusedError if the locate warrant does not allow it.

        The assertion is the holder's, for the action "locate" and no records. The same assertion and
        query again (a next page) is written but not counted against the cap.
        """
        return self._ask(ask.Locate(organisation, warrant, assertion, query), Receipt)

    def mark_private(self, organisation: str, records: tuple[str, ...], rule: str) -> Receipt:
        """Mark records as private: to open one then takes a warrant signed by two persons."""
        return self._ask(ask.MarkPrivate(organisation, records, rule), Receipt)

    def head(self, organisation: str, old: int = 0, shard: int = 0) -> PublishedHead:
        """The published head of a shard (0: the last), with the proof that it extends the one of `old` leaves."""
        return self._ask(ask.AskHead(organisation, old, shard), PublishedHead)

    def succession(self, organisation: str, shard: int) -> Succession:
        """How a shard follows the one before, for a witness."""
        return self._ask(ask.AskSuccession(organisation, shard), Succession)

    def keep_anchor(self, organisation: str, note: str, data: bytes, source: str, ending: str) -> str:
        """Keep what came back from outside for a signed head; the file's name, once it is durable."""
        return self._ask(ask.KeepAnchor(organisation, note, data, source, ending), str)

    def erase_broken(self, organisation: str) -> BrokenErased:
        """Erase segments of recordings that broke off: their record did not come within a day."""
        return self._ask(ask.EraseBroken(organisation), BrokenErased)

    def erase_tests(self, organisation: str) -> ErasedTests:
        """Erase test calls that came a fortnight ago or earlier and are not held."""
        return self._ask(ask.EraseTests(organisation), ErasedTests)


class DeskDoor(CompactingDoor):
    """For pages, API, release and command line: acts of people, and content under their warrants."""

    def append(self, organisation: str, act: Act) -> Receipt:
        """Write an act to the ledger; RefusedError for tags that only the keeper writes."""
        return self._ask(ask.Append(organisation, act), Receipt)

    def admit(
        self,
        organisation: str,
        warrant: bytes,
        decisions: tuple[SignedStatement, ...],
        records: tuple[str, ...],
    ) -> Receipt:
        """Bring a warrant into force, with one signed approval for each approver that it names.

        `records` is the frozen list behind its count and root. RefusedError names the floor rule.
        """
        return self._ask(ask.Admit(organisation, warrant, decisions, records), Receipt)

    def revoke(self, organisation: str, warrant: str, statement: SignedStatement) -> Receipt:
        """Take a warrant back; open sessions under it end at once."""
        return self._ask(ask.Revoke(organisation, warrant, statement), Receipt)

    def release_hold(
        self, organisation: str, statement: bytes, signatures: tuple[SignedStatement, ...]
    ) -> Receipt:
        """End a hold, which takes the signatures of two persons over one hold-release statement."""
        return self._ask(ask.ReleaseHold(organisation, statement, signatures), Receipt)

    def register(
        self, organisation: str, statement: bytes, signatures: tuple[SignedStatement, ...]
    ) -> Receipt:
        """Change the authority register, which takes the signatures of two authorities."""
        return self._ask(ask.ChangeRegister(organisation, statement, signatures), Receipt)

    def rotate_ledger(
        self, organisation: str, statement: bytes, signatures: tuple[SignedStatement, ...]
    ) -> Receipt:
        """Give the ledger another key, which takes the signatures of two authorities over one rotation statement."""
        return self._ask(ask.RotateLedger(organisation, statement, signatures), Receipt)

    def enrol(self, organisation: str, token: str, key: RegisteredKey) -> Receipt:
        """Register the key of a first authority, once, by the token that `init` printed.

        Person and powers come from the token's own entry; those in `key` are not believed.
        """
        return self._ask(ask.Enrol(organisation, token, key), Receipt)

    def registered(self, organisation: str) -> tuple[RegisteredKey, ...]:
        """Every key that counts now."""
        return self.register_view(organisation).keys

    def register_view(self, organisation: str) -> RegisterView:
        """Every key that counts now, with the serial of the last change."""
        return self._ask(ask.AskRegistered(organisation), RegisterView)

    def open(
        self, organisation: str, warrant: str, record: str, action: str, assertion: SignedStatement
    ) -> Opening:
        """Open one record; the ledger has it before the keeper decrypts."""
        return self._ask(ask.Open(organisation, warrant, record, action, assertion), Opening)

    def monitor(self, organisation: str, warrant: str, call: str, assertion: SignedStatement) -> Monitoring:
        """Let the warrant's holder hear a call under way; the entry is in the ledger on return."""
        return self._ask(ask.Monitor(organisation, warrant, call, assertion), Monitoring)

    def stop_monitoring(self, organisation: str, token: bytes) -> None:
        """The listener has left."""
        self._ask(ask.StopMonitoring(organisation, token), type(None))

    def read(self, session: bytes, offset: int, length: int) -> bytes:
        """Original bytes of an opened record; fewer than `length` only at its end."""
        return self._ask(ask.Read(session, offset, length), bytes)

    def erase(self, organisation: str, warrant: str, record: str, assertion: SignedStatement) -> Erasure:
        """Destroy a record's key. The order is in the ledger first; nothing brings the record back."""
        return self._ask(ask.Erase(organisation, warrant, record, assertion), Erasure)

    def replace(
        self, organisation: str, warrant: str, record: str, assertion: SignedStatement, batch: SealedBatch
    ) -> Erasure:
        """Keep the record in `batch`, and destroy `record`, for which it stands: both, or neither.

        On return the new one is on stable storage. Errors as `seal` and `erase`.
        """
        return self._ask(ask.Replace(organisation, warrant, record, assertion, batch), Erasure)

    def erasure(self, organisation: str, record: str) -> Erasure:
        """What became of the key of a record that is erased; WrongUseError if it is not."""
        return self._ask(ask.AskErasure(organisation, record), Erasure)

    def evidence(self, organisation: str, warrant: str, record: str, session: bytes) -> Evidence:
        """What proves a record that `session` has open for export."""
        return self._ask(ask.AskEvidence(organisation, warrant, record, session), Evidence)

    def take_keys(self, organisation: str, backup: str, expires: int, destination: str) -> KeysTaken:
        """What a backup needs, all of one moment; the ledger names the backup, and where it goes, first."""
        return self._ask(ask.TakeKeys(organisation, backup, expires, destination), KeysTaken)

    def sample_deeply(self, organisation: str, entries: int, again: tuple[str, ...] = ()) -> Report:
        """Have random entries, and those named, opened with their keys; nothing comes out but which do not open."""
        return self._ask(ask.SampleDeeply(organisation, entries, again), Report)

    def segment(
        self, organisation: str, warrant: str, record: str, session: bytes, number: int
    ) -> SegmentEvidence:
        """One sealed segment, from 0, of a record that `session` has open for export."""
        return self._ask(ask.AskSegment(organisation, warrant, record, session, number), SegmentEvidence)

    def turn_epoch(self, organisation: str) -> Receipt:
        """Turn the epoch now: every key wrapped anew, the earlier epoch's key destroyed."""
        return self._ask(ask.TurnEpoch(organisation), Receipt)

    def unlock(self, organisation: str, passphrase: bytes) -> Unlocked:
        """Give the running keeper what opens an organisation's own key."""
        return self._ask(ask.Unlock(organisation, passphrase), Unlocked)

    def acts(self, organisation: str, after: int, limit: int) -> tuple[ActEntry, ...]:
        """At most `limit` action entries with a place beyond `after` (-1: from the beginning)."""
        return self._ask(ask.AskActs(organisation, after, limit), tuple[ActEntry, ...])


@dataclass(frozen=True)
class Doors:
    """The three doors of one keeper."""

    capture: CaptureDoor
    index: IndexDoor
    desk: DeskDoor

    def close(self) -> None:
        """Close all three."""
        self.capture.close()
        self.index.close()
        self.desk.close()


def doors(home: Home) -> Doors:
    """The doors of the keeper that runs on this home; each call fails clearly while none does."""
    return Doors(
        CaptureDoor(home.socket("capture")), IndexDoor(home.socket("index")), DeskDoor(home.socket("desk"))
    )


@contextmanager
def connect(home: Home, passphrase: bytes, keyring: "UnlockedKeyring | None" = None) -> Iterator[Doors]:
    """The doors of the keeper on this home; starts a private one, with the same checks, if none runs.

    RefusedError for a wrong passphrase, also where a keeper runs; none is needed with a `keyring` that is
    unlocked already.
    """
    with private_keeper(home, passphrase, keyring):
        opened = doors(home)
        try:
            yield opened
        finally:
            opened.close()


def _unpack[T](frame: bytes, kind: type[T]) -> T:
    answer = _answers.decode(frame)
    if not answer.error:
        return msgspec.msgpack.decode(answer.value, type=kind)
    found = getattr(errors, answer.error, NotAvailableError)
    raise found(answer.what, why=answer.why, remedy=answer.remedy)


def _alive(connection: socket.socket) -> bool:
    # An idle connection has nothing to say: anything readable is the end of it.
    try:
        connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _gone(path: Path) -> NotAvailableError:
    return NotAvailableError(
        "The keeper went away before it answered.",
        why=f"The connection to {path.name} ended.",
        remedy="Try again; what was asked may or may not have been done.",
    )
