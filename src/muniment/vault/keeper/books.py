"""The keeper's books of one organisation: what the ledger's actions say, in memory.

They change only by `apply`, entry by entry, when an action is written and again when the keeper starts:
so after a restart they say what they said before. Whatever lets somebody do something (register,
warrants, revocations, hold releases) is checked again at the start, signatures included: an entry that
somebody slipped into a pack is found, and not believed.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

import msgspec

from muniment.core import ids
from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.ids import RecordId
from muniment.core.row_mapping import SavedMapping
from muniment.core.tags import BROKEN_OFF, TEST_CALL, EventTag
from muniment.vault.authority import floor
from muniment.vault.authority.floor import Admitted
from muniment.vault.authority.register import FEWEST_AUTHORITIES, Power, Register, RegisteredKey
from muniment.vault.authority.signing import SignedStatement, verify
from muniment.vault.authority.statements import (
    REPLACING,
    Action,
    HoldRelease,
    LossAcceptance,
    RegisterChange,
    Revocation,
    digest,
    read,
)
from muniment.vault.checkpoint import LedgerVerifier, ledger_name, origin_of
from muniment.vault.keeper import entries
from muniment.vault.keeper.entries import Entry, Token, read_body
from muniment.vault.orders import TEST_CALL_KEPT

FREE_ANALYSERS = 2  # of one purpose without a warrant: the catalogue's worker and the librarian
_HOLD_POWERS = frozenset({Power.HOLD, Power.CONTROLLER, Power.DECIDE})


@dataclass
class Standing:
    """An admitted warrant and what has become of it."""

    admitted: Admitted
    used: int = 0
    revoked: bool = False


@dataclass(frozen=True)
class Stream:
    """The last batch that a system purpose's analyser was given: entries `first` … `last`."""

    first: int
    last: int


@dataclass
class Books:
    """State of one organisation, as its ledger's actions say."""

    organisation: str
    name: str = ""
    demo: bool = False
    register: Register = field(default_factory=Register)
    tokens: dict[str, Token] = field(default_factory=dict)
    warrants: dict[str, Standing] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    assertions: set[tuple[str, str]] = field(default_factory=set)
    private: set[RecordId] = field(default_factory=set)
    holds: dict[str, frozenset[RecordId]] = field(default_factory=dict)
    erased: dict[RecordId, int] = field(default_factory=dict)
    broken: set[RecordId] = field(default_factory=set)
    """Segments that were ordered erased because their record never came."""
    tests: dict[RecordId, int] = field(default_factory=dict)
    """Test calls by the identifier that was declared before they came, and when that was, in seconds."""
    place: Callable[[RecordId], int | None] = field(default=lambda _record: None, compare=False, repr=False)
    """Where a record stands in the ledger; None where it is not there."""
    unclaimed: Callable[[RecordId], bool] = field(default=lambda _record: False, compare=False, repr=False)
    """Whether an identifier is that of a segment of which no record in the ledger is the whole."""
    domains: set[str] = field(default_factory=set)
    domains_as_of: int = -1
    """The place of the last entry about a domain."""
    mappings: dict[str, SavedMapping] = field(default_factory=dict)
    """How files of switches are read, by the mapping's name."""
    streams: dict[tuple[str, str], Stream] = field(default_factory=dict)
    epoch: int = 1
    """The epoch whose turn the ledger tells of; the first at the beginning."""
    turned: int = 0
    """When it began, in seconds."""
    backups_expire: int = 0
    """When the last backed up generation of keys expires that opens without a key service, in seconds."""
    backups: dict[str, int] = field(default_factory=dict)
    """The same by the place where the generation is."""
    service_from: int | None = None
    """The entry from which on every epoch has been under a key service; None where it is not now."""
    turned_at: int = 0
    """The place of the entry of the last turn."""
    backed_up_at: int = -1
    """The place of the last entry that a backup was begun."""
    rehearsed: dict[str, int] = field(default_factory=dict)
    """When a recovery was last rehearsed, in seconds, by whose shares: "" the installation's, "own" its own."""
    shard: int = 1
    """The number of the shard that takes entries."""
    frozen: Entry | None = None
    """The entry that froze it, until the next one is opened."""
    actions: list[int] = field(default_factory=list)
    actions_of: dict[RecordId, list[int]] = field(default_factory=dict)

    def apply(self, seq: int, entry: Entry) -> None:
        """Take in the action at `seq`; RefusedError or WrongUseError, and no change, if it cannot be."""
        handler = self._HANDLERS.get(entry.clear.tag)
        record = ids.record_bytes(entry.clear.record) if entry.clear.record else None
        if (seq == 0) != (entry.clear.tag is EventTag.GENESIS):
            raise WrongUseError("Only the first entry founds an organisation.")
        if self.frozen is not None and entry.clear.tag is not EventTag.SHARD_OPENED:
            raise WrongUseError("A frozen shard takes no entry.")
        if handler is not None:
            handler(self, seq, entry)
        if entry.clear.tag is EventTag.RECOVERY_REHEARSED:
            self.rehearsed[entry.clear.rule] = entry.clear.time
        self.actions.append(seq)
        if record is not None:
            self.actions_of.setdefault(record, []).append(seq)

    def standing(self, warrant: str, now: int) -> Standing:
        """The warrant of this hash, if it is in force now; RefusedError otherwise."""
        found = self.warrants.get(warrant)
        if found is None:
            raise RefusedError(
                "There is no such warrant.",
                why="None with this text was admitted in this organisation. (Floor rule 9.)",
                remedy="Ask for access; what is approved is admitted.",
            )
        floor.check_standing(found.admitted, self.register, revoked=found.revoked, now=now)
        if found.admitted.holder_signed and warrant not in self.told:
            raise RefusedError(
                "The holder approved this warrant, and no second person has been told yet.",
                why="A Data Controller may do so for a subject's right, but not in silence. (Floor rule 7.)",
            )
        return found

    def held(self, record: RecordId) -> tuple[str, ...]:
        """The holds that keep a record from destruction."""
        return tuple(name for name, records in self.holds.items() if record in records)

    def only_actions(self, first: int, last: int) -> bool:
        """Whether every entry `first` … `last` is an action; so where there is none."""
        return first > last or self.actions_between(first, last) == last - first + 1

    def actions_between(self, first: int, last: int) -> int:
        """How many of the entries `first` … `last` are actions."""
        return max(0, bisect_right(self.actions, last) - bisect_right(self.actions, first - 1))

    def token(self, text: str) -> Token:
        """The first authority who was given this one-time token; RefusedError once it is used."""
        found = self.tokens.get(hashlib.sha256(text.encode()).hexdigest())
        if found is None:
            raise RefusedError(
                "The enrolment link is not valid.", why="It was used already, or is not of this organisation."
            )
        return found

    def searched(self, assertion: SignedStatement, query: str) -> bool:
        """Whether this search was made before under this assertion: its next page is not a new use."""
        return _search_key(assertion, query) in self.assertions

    def may_examine(self, purpose: str, analyser: str, first: int) -> bool:
        """Whether an analyser may be given entries from `first` on without a rebuild warrant.

        It may go on, skip actions, and have again what its last batch held; never go further back.
        """
        stream = self.streams.get((purpose, analyser))
        if stream is None:
            known = sum(1 for named, _ in self.streams if named == purpose)
            return known < FREE_ANALYSERS
        return stream.first <= first and self.only_actions(stream.last + 1, first - 1)

    def rebuild_warrant(self, purpose: str, now: int) -> str:
        """The hash of a warrant in force that lets a purpose begin anew; RefusedError if there is none."""
        for name, standing in self.warrants.items():
            if may_rebuild(standing, purpose):
                try:
                    self.standing(name, now)
                except RefusedError:
                    continue
                return name
        raise RefusedError(
            "Going back over records takes a rebuild warrant.",
            why=f"Each is opened once for the purpose {purpose!r}, in order.",
            remedy="Stop the server and run muniment rebuild: somebody who may decide signs it.",
        )

    def approves(self, signed: SignedStatement) -> RegisteredKey:
        """The key behind a signature, by the register as it stands."""
        return verify(signed, self.register)

    def _found(self, seq: int, entry: Entry) -> None:
        genesis = read_body(entries.Genesis, entry.body)
        if genesis.organisation != self.organisation:
            raise WrongUseError(f"The ledger is {genesis.organisation}'s, not {self.organisation}'s.")
        self.name, self.demo, self.turned = genesis.name, entry.clear.demo, entry.clear.time
        self.service_from = seq if genesis.service else None
        self._check_keys(genesis.keys)
        self.register = self.register.changed(genesis.keys, (), counted=False)
        self.tokens = {token.digest: token for token in genesis.tokens}

    def _change_register(self, _seq: int, entry: Entry) -> None:
        body = entries.read_register_body(entry.body)
        if isinstance(body, entries.Enrolled):
            self._enrol(body)
        else:
            self._change(body)

    def _enrol(self, body: entries.Enrolled) -> None:
        token = self.token(body.token)
        if (body.key.person, body.key.powers) != (token.person, token.powers):
            raise RefusedError("The key is not for the person and powers of this enrolment link.")
        self._check_keys((body.key,))
        self.register = self.register.changed((body.key,), (), counted=False)
        del self.tokens[token.digest]

    def _change(self, body: entries.Changed) -> None:
        text = body.statement.encode()
        change = read(RegisterChange, text)
        if change.organisation != self.organisation or change.serial != self.register.serial + 1:
            raise RefusedError(
                "The change of the register is not the next one.",
                why=f"It is number {change.serial}; the next is {self.register.serial + 1}.",
                remedy="Sign it anew as it stands now.",
            )
        floor.check_pair(text, body.signatures, {Power.REGISTER}, self.register)
        self._check_keys(change.add)
        changed = self.register.changed(change.add, change.remove)
        if len(changed.persons(Power.REGISTER) | self._awaited()) < FEWEST_AUTHORITIES:
            raise RefusedError("The change would leave fewer than two authorities: nobody could undo it.")
        self.register = changed

    def _awaited(self) -> frozenset[str]:
        return frozenset(token.person for token in self.tokens.values() if Power.REGISTER in token.powers)

    def _check_keys(self, keys: tuple[RegisteredKey, ...]) -> None:
        if len({key.key for key in keys}) < len(keys):
            raise WrongUseError("A key is named twice.")
        for key in keys:
            if key.demo and not self.demo:
                raise RefusedError("A demo's software key counts only in a demo.")
            if key.key in self.register.keys:
                raise RefusedError(f"The key {key.key} is registered already.")

    def _admit(self, _seq: int, entry: Entry) -> None:
        body = read_body(entries.WarrantBody, entry.body)
        if entry.clear.warrant in self.warrants:
            raise RefusedError(
                "The warrant has been admitted before.", why="A warrant comes into force once."
            )
        admitted = floor.check_admission(
            body.warrant.encode(),
            body.decisions,
            map(ids.record_bytes, body.records),
            organisation=self.organisation,
            register=self.register,
            private=self.private,
            now=entry.clear.time,
        )
        if admitted.hash != entry.clear.warrant:
            raise WrongUseError("The entry's hash is not its warrant's.")
        self.warrants[admitted.hash] = Standing(admitted)

    def _revoke(self, _seq: int, entry: Entry) -> None:
        signed = read_body(entries.SignedBody, entry.body).signed
        revocation = read(Revocation, signed.statement)
        key = self.approves(signed)
        found = self.warrants.get(revocation.warrant)
        named = (self.organisation, entry.clear.warrant, signed.person)
        if found is None or named != (revocation.organisation, revocation.warrant, revocation.person):
            raise RefusedError("The revocation is not for a warrant in force here.")
        if signed.person not in found.admitted.persons and Power.CONTROLLER not in key.powers:
            raise RefusedError("Only an approver or a Data Controller can revoke a warrant.")
        found.revoked = True

    def _use(self, _seq: int, entry: Entry) -> None:
        # Signatures were checked when it was written; here it can only take away, never give.
        self._admitted(entry.clear.warrant).used += 1
        self.assertions.add((entry.clear.assertion, entry.clear.record))

    def _search(self, _seq: int, entry: Entry) -> None:
        body = read_body(entries.SearchBody, entry.body)
        if not self.searched(body.signed, body.query):
            self._admitted(entry.clear.warrant).used += 1
            self.assertions.add(_search_key(body.signed, body.query))

    def _admitted(self, warrant: str) -> Standing:
        if warrant not in self.warrants:
            raise WrongUseError("An entry names a warrant that was never admitted.")
        return self.warrants[warrant]

    def _erase(self, seq: int, entry: Entry) -> None:
        record = ids.record_bytes(entry.clear.record)
        if entry.clear.rule == BROKEN_OFF and not entry.clear.warrant:
            self._erase_broken(record)
            return
        if record in self.erased or self.held(record):
            raise RefusedError("The record is erased already, or held.")
        if entry.clear.rule == TEST_CALL and not entry.clear.warrant:
            self._erase_test(record, entry.clear.time)
            self.erased[record] = seq
            return
        if bool(entry.clear.replaced_by) != (entry.clear.action in REPLACING):
            raise WrongUseError(
                "What is kept in another form or without stretches is replaced, and nothing else is."
            )
        self._use(seq, entry)
        self.erased[record] = seq

    def _declare_test(self, seq: int, entry: Entry) -> None:
        # What came before the declaration is somebody's call, whatever is said of it afterwards.
        record = ids.record_bytes(entry.clear.record)
        there = self.place(record)
        if record in self.tests or record in self.erased or (there is not None and there < seq):
            raise RefusedError("Only a call that has not come yet can be declared a test.")
        self.tests[record] = entry.clear.time

    def _erase_test(self, record: RecordId, now: int) -> None:
        declared = self.tests.get(record)
        if declared is None or now < declared + TEST_CALL_KEPT:
            raise RefusedError("Only a test call whose time is over is erased without a warrant.")

    def _erase_broken(self, record: RecordId) -> None:
        # No warrant stands behind it, so it reaches nothing that anybody could ever have opened.
        if record in self.broken or not self.unclaimed(record):
            raise RefusedError("Only a segment whose record never came is erased without a warrant.")
        self.broken.add(record)

    def _examine(self, _seq: int, entry: Entry) -> None:
        body = read_body(entries.ExaminedBody, entry.body)
        if entry.clear.range is None:
            raise WrongUseError("An examination names no range.")
        first, last = entry.clear.range
        if not self.may_examine(body.purpose, body.analyser, first):
            standing = self.standing(entry.clear.warrant, entry.clear.time)
            if not may_rebuild(standing, body.purpose):
                raise RefusedError("The warrant does not allow this rebuild.")
            standing.used += 1
        self.streams[body.purpose, body.analyser] = Stream(first, last)

    def _mark_private(self, _seq: int, entry: Entry) -> None:
        self.private.add(ids.record_bytes(entry.clear.record))

    def _assign_domain(self, seq: int, entry: Entry) -> None:
        self.domains_as_of = seq
        self.domains.add(read_body(entries.DomainBody, entry.body).domain.lower())

    def _end_domain(self, seq: int, entry: Entry) -> None:
        self.domains_as_of = seq
        self.domains.discard(read_body(entries.DomainBody, entry.body).domain.lower())

    def _save_mapping(self, _seq: int, entry: Entry) -> None:
        saved = read_body(entries.MappingBody, entry.body).facts
        self.mappings[saved.name] = saved

    def _retire_mapping(self, _seq: int, entry: Entry) -> None:
        ended = read_body(entries.MappingEndBody, entry.body).facts
        known = self.mappings.get(ended.name)
        if known is None or known.version != ended.version or known.retired:
            raise WrongUseError(f"There is no mapping {ended.name!r} of this version that counts.")
        self.mappings[ended.name] = msgspec.structs.replace(known, retired=entry.clear.time)

    def _hold(self, _seq: int, entry: Entry) -> None:
        body = read_body(entries.HoldBody, entry.body)
        if body.hold in self.holds:
            raise RefusedError(f"There is a hold {body.hold} already.")
        self.holds[body.hold] = frozenset(map(ids.record_bytes, body.records))

    def _release(self, _seq: int, entry: Entry) -> None:
        body = read_body(entries.HoldReleaseBody, entry.body)
        release = read(HoldRelease, body.statement.encode())
        if release.organisation != self.organisation or release.hold not in self.holds:
            raise RefusedError("There is no such hold in this organisation.")
        floor.check_pair(body.statement.encode(), body.signatures, _HOLD_POWERS, self.register)
        del self.holds[release.hold]

    def _turn(self, seq: int, entry: Entry) -> None:
        body = read_body(entries.EpochBody, entry.body)
        if body.epoch <= self.epoch:
            raise WrongUseError(f"Epoch {body.epoch} does not follow epoch {self.epoch}.")
        self.epoch, self.turned, self.turned_at = body.epoch, entry.clear.time, seq
        began = seq if self.service_from is None else self.service_from
        self.service_from = began if body.service else None

    def _back_up(self, seq: int, entry: Entry) -> None:
        body = read_body(entries.BackupBody, entry.body)
        self.backed_up_at = seq
        if body.service:
            return  # its keys open nothing once the key service has destroyed its own
        self.backups_expire = max(self.backups_expire, body.expires)
        if body.destination:
            self.backups[body.destination] = max(self.backups.get(body.destination, 0), body.expires)

    def _restored(self, _seq: int, entry: Entry) -> None:
        read_body(entries.RestoredBody, entry.body)
        self.streams.clear()  # what was derived was not backed up: every analyser begins anew

    def _freeze(self, _seq: int, entry: Entry) -> None:
        body = read_body(entries.ShardBody, entry.body)
        said = entries.read_shard(body)
        if said.organisation != self.organisation:
            raise RefusedError("What was signed is for another organisation.")
        if said.shard != self.shard + 1 and not (
            isinstance(said, LossAcceptance) and said.shard > self.shard
        ):
            raise RefusedError(
                f"What was signed is for shard {said.shard}; the next is {self.shard + 1}.",
                remedy="Sign it anew as it stands now.",
            )
        if LedgerVerifier.parse(entry.clear.next).origin != origin_of(
            ledger_name(said.organisation, said.shard)
        ):
            raise WrongUseError("The next ledger's key is not of the shard that was signed for.")
        floor.check_pair(body.statement.encode(), body.signatures, {Power.REGISTER}, self.register)
        self.frozen = entry

    def _open_shard(self, seq: int, entry: Entry) -> None:
        if self.frozen is None or entry.body != self.frozen.body or entry.clear.sequence != seq:
            raise WrongUseError("A shard is opened by what froze the one before.")
        said = entries.read_shard(read_body(entries.ShardBody, entry.body))
        lost = (said.first, said.last) if isinstance(said, LossAcceptance) else None
        backup = said.backup if isinstance(said, LossAcceptance) else ""
        if (entry.clear.range, entry.clear.backup, entry.clear.reason == "restore") != (
            lost,
            backup,
            bool(lost),
        ):
            raise WrongUseError("The new shard says something else than what was signed.")
        self.shard, self.frozen = said.shard, None

    def _tell(self, _seq: int, entry: Entry) -> None:
        self.told.add(entry.clear.warrant)

    _HANDLERS: ClassVar[Mapping[EventTag, "Callable[[Books, int, Entry], None]"]] = MappingProxyType(
        {
            EventTag.BACKUP_BEGUN: _back_up,
            EventTag.BACKUP_RESTORED: _restored,
            EventTag.CALL_MAPPING_RETIRED: _retire_mapping,
            EventTag.CALL_MAPPING_SAVED: _save_mapping,
            EventTag.CALL_TESTED: _declare_test,
            EventTag.DOMAIN_ASSIGNED: _assign_domain,
            EventTag.DOMAIN_ENDED: _end_domain,
            EventTag.EPOCH_TURNED: _turn,
            EventTag.GENESIS: _found,
            EventTag.HOLD_PLACED: _hold,
            EventTag.HOLD_RELEASED: _release,
            EventTag.MONITOR_STARTED: _use,
            EventTag.RECORDS_EXAMINED: _examine,
            EventTag.RECORD_ERASED: _erase,
            EventTag.RECORD_MARKED_PRIVATE: _mark_private,
            EventTag.RECORD_OPENED: _use,
            EventTag.REGISTER_CHANGED: _change_register,
            EventTag.SEARCH_MADE: _search,
            EventTag.SECOND_PERSON_TOLD: _tell,
            EventTag.SHARD_FROZEN: _freeze,
            EventTag.SHARD_OPENED: _open_shard,
            EventTag.WARRANT_ADMITTED: _admit,
            EventTag.WARRANT_REVOKED: _revoke,
        }
    )
    READ_TAGS: ClassVar[frozenset[EventTag]] = frozenset(_HANDLERS)
    """Tags of acts whose bodies the books read: those cannot be taken in while they are sealed."""


def may_rebuild(standing: Standing, purpose: str) -> bool:
    """Whether a warrant is for rebuilding what this purpose made, and not used up."""
    warrant = standing.admitted.warrant
    return Action.REBUILD in warrant.actions and warrant.purpose == purpose and standing.used < warrant.cap


def require_unused(books: Books, assertion: SignedStatement, record: str) -> None:
    """RefusedError if this assertion has opened this record (or, without one, its call) before."""
    if (assertion_hash(assertion), record) in books.assertions:
        raise RefusedError(
            "This assertion has opened this record before.", remedy="Sign a new one for each opening."
        )


def assertion_hash(signed: SignedStatement) -> str:
    """How the clear part names an assertion: the SHA-256 of its text, in hex."""
    return digest(signed.statement).hex()


def _search_key(assertion: SignedStatement, query: str) -> tuple[str, str]:
    return assertion_hash(assertion), hashlib.sha256(query.encode()).hexdigest()
