"""The keeper itself: every organisation's strongroom, the open sessions, and what each door may ask."""

import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType

import msgspec

from muniment.core import clock
from muniment.core.errors import MunimentError, WrongUseError
from muniment.core.home import Home
from muniment.core.ids import RecordId
from muniment.vault import keyring_file, sealing
from muniment.vault import messages as ask
from muniment.vault.frames import Kind
from muniment.vault.handover import KeeperKeys
from muniment.vault.keeper import (
    backup_door,
    broken_streams,
    capture_door,
    compaction_door,
    desk_door,
    index_door,
    monitoring,
    sampling_door,
    trial_calls,
)
from muniment.vault.keeper.sessions import Sessions
from muniment.vault.keeper.strongroom import Strongroom
from muniment.vault.keyring_file import KeyringFile, organisation_of
from muniment.vault.messages import Answer, OrganisationStatus, Receipt, Status
from muniment.vault.wrapping import sources

DOORS: Mapping[str, "msgspec.msgpack.Decoder[msgspec.Struct]"] = MappingProxyType(
    {
        "capture": msgspec.msgpack.Decoder(ask.CaptureRequest.__value__),
        "index": msgspec.msgpack.Decoder(ask.IndexRequest.__value__),
        "desk": msgspec.msgpack.Decoder(ask.DeskRequest.__value__),
    }
)
"""What each door understands. Anything else is refused before it is looked at."""

_encoder = msgspec.msgpack.Encoder()


class Keeper:
    """Answers requests. Several threads may ask at once."""

    def __init__(self, home: Home, keys: KeeperKeys, now: Callable[[], int] = clock.seconds) -> None:
        self._home, self._private = home, keys.private
        self._seen: tuple[tuple[int, int], KeyringFile] | None = None
        self._sessions = Sessions(now)
        self._rooms: dict[str, Strongroom] = {}
        try:
            for each in keys.organisations:
                self._rooms[each.organisation] = Strongroom(home, each, now)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Finish what was begun, and give every store back."""
        for room in self._rooms.values():
            room.close()

    def answer(self, door: str, frame: bytes) -> bytes:
        """The packed answer to one packed request at a door; errors are answers too."""
        try:
            request = DOORS[door].decode(frame)
        except msgspec.MsgspecError:
            return _refuse(
                WrongUseError(f"The {door} door does not do that.", why="It is not a request of this door.")
            )
        try:
            return _encoder.encode(Answer(msgspec.Raw(_encoder.encode(self.do(request)))))
        except MunimentError as error:
            return _refuse(error)

    def do(self, request: msgspec.Struct) -> object:
        """Carry one request out."""
        match request:
            case ask.AskStatus():
                return self.status()
            case ask.AskDomains():
                return self.domains()
            case ask.Read():
                return desk_door.read_content(self._sessions, request)
            case ask.Request():
                room = self.room(request.organisation)
                if room.locked and not isinstance(request, WHILE_LOCKED):
                    raise sources.locked(room.organisation, room.locked)
                return self._do_in(room, request)
            case _:
                raise WrongUseError("That is no request.")

    def tend(self) -> None:
        """Turn every epoch that has lasted long enough, and finish turns that were cut short."""
        for room in self._rooms.values():
            try:
                if room.turn_due():
                    room.turn()
                room.retire()
                if not room.locked:
                    monitoring.end_missed(room, self._sessions)
            except MunimentError as error:  # tried again an hour later; the certificates' date is in a day
                print(f"keeper: the epoch of {room.organisation} cannot turn: {error}", file=sys.stderr)  # noqa: T201

    def status(self) -> Status:
        """Where the ledgers stand."""
        file = self._keyring()
        found = tuple(
            _status(room, len(organisation_of(file, name).retired)) for name, room in self._rooms.items()
        )
        host = sources.host(self._home, file.master)
        return Status(found, self._private, os.getpid(), host)

    def _keyring(self) -> KeyringFile:
        """The keyring as it stands, read only when it has changed: status is asked several times a second."""
        stat = self._home.keyring.stat()
        version = (stat.st_ino, stat.st_mtime_ns)
        if self._seen is None or self._seen[0] != version:
            self._seen = (version, keyring_file.read(self._home))
        return self._seen[1]

    def domains(self) -> dict[str, str]:
        """Whose mail is whose. A domain that two organisations claim is nobody's until one lets go."""
        for room in self._rooms.values():
            if not room.domains_known:  # its mail must not be taken for somebody else's
                raise sources.locked(room.organisation, "Which domains are its own is not known until then.")
        claims = Counter(domain for room in self._rooms.values() for domain in room.books.domains)
        return {
            domain: name
            for name, room in self._rooms.items()
            for domain in room.books.domains
            if claims[domain] == 1
        }

    def _do_in(self, room: Strongroom, request: ask.Request) -> object:
        for handlers in (_PLAIN, _READING):
            handler = handlers.get(type(request))
            if handler is not None:
                return (
                    handler(room, request) if handlers is _PLAIN else handler(room, self._sessions, request)
                )
        raise WrongUseError("That is no request.")

    def room(self, organisation: str) -> Strongroom:
        """The strongroom of one organisation; WrongUseError if it has none here."""
        found = self._rooms.get(organisation)
        if found is None:
            raise WrongUseError(
                f"There is no organisation {organisation} here.",
                remedy="A new organisation takes a restart of muniment serve.",
            )
        return found


def _seal(room: Strongroom, request: ask.Seal) -> Receipt:
    """Keep sealed records and their segments. Only these: actions are the keeper's own to write."""
    batch = request.batch
    headers = sealing.check_batch(batch)
    if batch.organisation != room.organisation:
        raise WrongUseError("The batch is sealed for another organisation.", remedy="Seal it anew.")
    if any(header.kind is Kind.ACTION for header in headers):
        raise WrongUseError("Capture seals records and nothing else.")
    if len({header.id for header in headers}) < len(headers) or any(_known(room, h.id) for h in headers):
        raise WrongUseError("A record of the batch is held already.")
    return room.seal(batch)


def _known(room: Strongroom, record: RecordId) -> bool:
    try:
        room.store.find(record)
    except WrongUseError:
        return False
    return True


def _status(room: Strongroom, retired: int) -> OrganisationStatus:
    books, size = room.books, room.store.size
    return OrganisationStatus(
        organisation=room.organisation,
        size=size,
        records=size - books.actions_between(0, size - 1) - room.store.segment_count,
        erased=len(books.erased),
        published=room.store.published,
        epoch=room.epoch.epoch,
        demo=books.demo,
        own=bool(room.own),
        locked=room.locked,
        retired=retired,
        turned=books.turned,
        rehearsed=books.rehearsed.get("", 0),
        rehearsed_own=books.rehearsed.get("own", 0),
    )


def _refuse(error: MunimentError) -> bytes:
    return _encoder.encode(Answer.of(error))


_PLAIN: Mapping[type, Callable[..., object]] = MappingProxyType(
    {
        ask.Admit: desk_door.admit,
        ask.AdoptCall: capture_door.adopt_call,
        ask.Append: desk_door.append,
        ask.AskActs: desk_door.acts,
        ask.AskErasable: compaction_door.erasable,
        ask.AskEpoch: lambda room, _request: room.epoch,
        ask.AskHead: index_door.head,
        ask.AskMappings: capture_door.mappings,
        ask.AskSuccession: index_door.succession,
        ask.AskRegistered: lambda room, _request: desk_door.registered(room),
        ask.ChangeRegister: desk_door.change_register,
        ask.Compact: compaction_door.compact,
        ask.DeclareTest: trial_calls.declare,
        ask.DeclineCall: capture_door.decline_call,
        ask.Enrol: desk_door.enrol,
        ask.EraseBroken: broken_streams.erase_broken,
        ask.KeepAnchor: index_door.keep_anchor,
        ask.Locate: index_door.locate,
        ask.MarkPrivate: index_door.mark_private,
        ask.NextBatch: index_door.next_batch,
        ask.AskErasure: desk_door.erasure,
        ask.ReleaseHold: desk_door.release_hold,
        ask.RotateLedger: desk_door.rotate_ledger,
        ask.SampleDeeply: sampling_door.sample,
        ask.Seal: _seal,
        ask.TakeKeys: backup_door.take_keys,
        ask.TurnEpoch: lambda room, _request: room.turn(),
        ask.Unlock: lambda room, request: ask.Unlocked(room.unlock(request.passphrase)),
    }
)
WHILE_LOCKED = (
    *(
        ask.Append,
        ask.AskEpoch,
        ask.AskHead,
        ask.DeclareTest,
        ask.DeclineCall,
        ask.KeepAnchor,
        ask.Seal,
        ask.TakeKeys,
    ),
    ask.Unlock,
)
"""What takes no key of the organisation's own: sealing, signing, and acts that change nobody's rights."""
_READING: Mapping[type, Callable[..., object]] = MappingProxyType(
    {
        ask.AskEvidence: desk_door.evidence,
        ask.AskMonitoring: monitoring.look,
        ask.AskSegment: desk_door.segment_evidence,
        ask.EndMonitoring: monitoring.end,
        ask.Erase: desk_door.erase,
        ask.EraseTests: trial_calls.erase_tests,
        ask.Monitor: monitoring.begin,
        ask.Replace: desk_door.replace,
        ask.Open: desk_door.open_record,
        ask.Revoke: desk_door.revoke,
        ask.StopMonitoring: monitoring.stop,
    }
)
"""Requests that also touch the open sessions."""
