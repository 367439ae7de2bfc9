"""The desk door: acts of people, warrants, and content under them."""

from bisect import bisect_right
from collections.abc import Sequence

from muniment.core import canonical, ids
from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.ids import RecordId
from muniment.core.tags import EventTag
from muniment.vault import messages as ask
from muniment.vault import sealing
from muniment.vault.authority import floor
from muniment.vault.authority.register import RegisteredKey
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.authority.statements import (
    REPLACING,
    Action,
    LedgerRotation,
    OpeningAssertion,
    Warrant,
    read,
    warrant_hash,
)
from muniment.vault.frames import Kind, read_head
from muniment.vault.keeper import entries, receipts
from muniment.vault.keeper.books import Books, assertion_hash, require_unused
from muniment.vault.keeper.entries import OWN_TAGS, Clear, Entry, write_body
from muniment.vault.keeper.sessions import Sessions
from muniment.vault.keeper.strongroom import EPOCH_LASTS, Strongroom
from muniment.vault.messages import (
    ActEntry,
    Erasure,
    Evidence,
    Opening,
    Receipt,
    RegisterView,
    SegmentEvidence,
)
from muniment.vault.sealing import SealedBatch

MOST_ACTS = 5000
LARGEST_READ = 16 * 1024 * 1024  # bytes in one answer
_CONTENT_ACTIONS = (Action.VIEW, Action.LISTEN, Action.EXPORT, *REPLACING)


def append(room: Strongroom, request: ask.Append) -> Receipt:
    """Write an act of governance or people."""
    act = request.act
    if act.tag in OWN_TAGS:
        raise RefusedError(
            f"Nobody but the keeper writes {act.tag}.", remedy="Ask for the act itself, with its signatures."
        )
    if act.tag is EventTag.SECOND_PERSON_TOLD and not act.warrant:
        raise WrongUseError("That a second person was told names the warrant.")
    if act.tag is EventTag.RECORD_MARKED_PRIVATE and not act.record:
        raise WrongUseError("A private mark names its record.")
    if (act.range is not None) != (act.tag is EventTag.LEDGER_VERIFIED):
        raise WrongUseError("A verification, and nothing else, names the entries that were read.")
    if act.range and not 0 <= act.range[0] <= act.range[1] < room.store.size:
        raise WrongUseError("A verification names entries that are there.")
    if act.record:
        room.store.find(ids.record_bytes(act.record))
    body = canonical.dumps(act.body)  # type: ignore[arg-type]  # canonical refuses what is not JSON

    def compose(now: int) -> Sequence[Entry]:
        clear = Clear(
            tag=act.tag, time=now, record=act.record, warrant=act.warrant, rule=act.rule, range=act.range
        )
        return (Entry(clear, body),)

    return room.act(compose)


def admit(room: Strongroom, request: ask.Admit) -> Receipt:
    """Bring a warrant into force. The books check it as they take it in."""
    warrant = read(Warrant, request.warrant)
    for text in request.records:
        room.find(ids.record_bytes(text))
    body = write_body(
        entries.WarrantBody(request.warrant.decode(), request.decisions, tuple(sorted(set(request.records))))
    )

    def compose(now: int) -> Sequence[Entry]:
        clear = Clear(
            tag=EventTag.WARRANT_ADMITTED,
            time=now,
            warrant=warrant_hash(request.warrant),
            rule=warrant.category,
            demo=_any_demo(room.books, request.decisions),
        )
        return (Entry(clear, body),)

    return room.act(compose)


def revoke(room: Strongroom, sessions: Sessions, request: ask.Revoke) -> Receipt:
    """Take a warrant back, and end what is open under it."""

    def compose(now: int) -> Sequence[Entry]:
        clear = Clear(
            tag=EventTag.WARRANT_REVOKED,
            time=now,
            warrant=request.warrant,
            demo=_any_demo(room.books, (request.statement,)),
        )
        return (Entry(clear, write_body(entries.SignedBody(request.statement.person, request.statement))),)

    return room.act(compose, lambda _: sessions.end(room.organisation, warrant=request.warrant))


def release_hold(room: Strongroom, request: ask.ReleaseHold) -> Receipt:
    """End a hold on two signatures."""
    body = entries.HoldReleaseBody(_text(request.statement), request.signatures)
    return _signed_act(room, EventTag.HOLD_RELEASED, write_body(body), request.signatures)


def change_register(room: Strongroom, request: ask.ChangeRegister) -> Receipt:
    """Change the register on two signatures."""
    body = entries.Changed(_text(request.statement), request.signatures)
    return _signed_act(room, EventTag.REGISTER_CHANGED, write_body(body), request.signatures)


def rotate_ledger(room: Strongroom, request: ask.RotateLedger) -> Receipt:
    """Give the ledger another key on two signatures. A loss is accepted nowhere but in a restore."""
    read(LedgerRotation, request.statement)
    return room.freeze(request.statement, request.signatures)


def enrol(room: Strongroom, request: ask.Enrol) -> Receipt:
    """Register a first authority's key by a token; person and powers are those of the token."""

    def compose(now: int) -> Sequence[Entry]:
        token = room.books.token(request.token)
        key = RegisteredKey(
            person=token.person,
            key=request.key.key,
            kind=request.key.kind,
            public=request.key.public,
            powers=token.powers,
            credential=request.key.credential,
            relying_party=request.key.relying_party,
            origins=request.key.origins,
        )
        clear = Clear(tag=EventTag.REGISTER_CHANGED, time=now)
        return (Entry(clear, write_body(entries.Enrolled(request.token, key))),)

    return room.act(compose)


def registered(room: Strongroom) -> RegisterView:
    """The register as it stands."""
    register = room.books.register
    return RegisterView(tuple(register.keys.values()), register.serial, room.store.last.number)


def open_record(room: Strongroom, sessions: Sessions, request: ask.Open) -> Opening:
    """Open a record: checked and in the ledger first, decrypted after."""
    action = _action(request.action)
    record = ids.record_bytes(request.record)
    seq = room.find(record)
    room.act(
        lambda now: (
            _use(room.books, EventTag.RECORD_OPENED, request.warrant, record, action, request.assertion, now),
        )
    )
    statement, content = room.reading(room.store.entry(seq))
    session = sessions.open(room.organisation, request.warrant, request.record, action, content)
    # An erasure or a revocation may have come between the ledger's entry and this line.
    if record in room.books.erased or room.books.warrants[request.warrant].revoked:
        sessions.end(room.organisation, warrant=request.warrant, record=request.record)
        raise RefusedError("The record was erased, or the warrant revoked, while it was being opened.")
    return Opening(session, content.length, statement)


def read_content(sessions: Sessions, request: ask.Read) -> bytes:
    """A part of an open record."""
    if request.offset < 0 or not 0 < request.length <= LARGEST_READ:
        raise WrongUseError(f"Read between 1 and {LARGEST_READ} bytes from 0 on.")
    return sessions.find(request.session).content.read(request.offset, request.length)


def erase(room: Strongroom, sessions: Sessions, request: ask.Erase) -> Erasure:
    """Destroy a record's key, once the order is in the ledger."""
    return _destroy(room, sessions, request, Action.ERASE)


def replace(room: Strongroom, sessions: Sessions, request: ask.Replace) -> Erasure:
    """Keep a record and destroy the one that it stands for: one commit has it and the order.

    So there is no moment in which neither is there, and after a crash either nothing happened, or the key is
    destroyed before anybody is answered. The warrant is one to take stretches out or to keep recordings as Opus,
    as the assertion says, and its holder has the record open for that under the same assertion. A private mark goes on.
    """
    _require_replacement(request)
    action = read(OpeningAssertion, request.assertion.statement).action
    if action not in REPLACING:
        raise RefusedError("This assertion replaces no record.", remedy="Sign what replaces it.")
    return _destroy(room, sessions, request, action, request.batch)


def erasure(room: Strongroom, request: ask.AskErasure) -> Erasure:
    """What became of an erased record's key, as far as the books know now."""
    record = ids.record_bytes(request.record)
    order = room.books.erased.get(record)
    if order is None:
        raise WrongUseError("The record is not erased.")
    time = entries.read_clear(room.store.entry(order).clear).time
    receipt = receipts.write(room.signer, order, 1, room.store.root, time)
    return _gone(room, receipt, room.store.find(record))


def _require_replacement(request: ask.Replace) -> None:
    headers = sealing.check_batch(request.batch)
    if request.batch.organisation != request.organisation:
        raise WrongUseError("The batch is sealed for another organisation.")
    if [header.kind for header in headers] != [Kind.RECORD]:
        raise WrongUseError("One record, and nothing else, stands for another.")


def _destroy(
    room: Strongroom,
    sessions: Sessions,
    request: ask.Erase,
    action: Action,
    replacement: SealedBatch | None = None,
) -> Erasure:
    record = ids.record_bytes(request.record)
    seq = room.find(record)
    other = ids.record_text(read_head(replacement.entries[0].head).id) if replacement else ""

    def compose(now: int) -> Sequence[Entry]:
        holds = room.books.held(record)
        if holds:
            raise RefusedError(
                f"The record is held by {', '.join(holds)}.",
                why="What is held is not destroyed, whoever asks.",
                remedy="Two persons can release the hold when its reason is over.",
            )
        order = _use(
            *(room.books, EventTag.RECORD_ERASED, request.warrant, record, action, request.assertion, now),
            replaced_by=other,
        )
        mark = Clear(tag=EventTag.RECORD_MARKED_PRIVATE, time=now, record=other, rule="replaced")
        return (order, Entry(mark, b"{}")) if other and record in room.books.private else (order,)

    def destroy(_receipt: Receipt) -> None:
        room.store.destroy_key(seq)
        sessions.end(room.organisation, record=request.record)

    return _gone(room, room.act(compose, destroy, replacement), seq)


def _gone(room: Strongroom, receipt: Receipt, seq: int) -> Erasure:
    # The slot is empty; what was wrapped in it lives on in no file but backups of keys, and on the disk's
    # free blocks only until the epoch turns.
    books = room.books
    covered = books.service_from is not None and seq > books.service_from
    final = max(books.turned + EPOCH_LASTS, books.backups_expire, receipt.time)
    places = sorted(place for place, expires in books.backups.items() if expires > receipt.time)
    return Erasure(receipt, final, covered, tuple(places))


def evidence(room: Strongroom, sessions: Sessions, request: ask.AskEvidence) -> Evidence:
    """What proves a record that is open for export."""
    _require_export(room, sessions, request)
    record = ids.record_bytes(request.record)
    seq = room.find(record)
    return room.alone(lambda: _evidence(room, record, seq))


def segment_evidence(room: Strongroom, sessions: Sessions, request: ask.AskSegment) -> SegmentEvidence:
    """One sealed segment of a record that is open for export: its head and ciphertext."""
    _require_export(room, sessions, request)
    record = ids.record_bytes(request.record)
    room.find(record)
    seq = room.store.segment(record, request.number)
    if seq is None:
        raise WrongUseError(f"The record has no segment {request.number}.")
    entry = room.store.entry(seq)
    return SegmentEvidence(entry.head, entry.ciphertext)


def _require_export(room: Strongroom, sessions: Sessions, request: ask.AskEvidence | ask.AskSegment) -> None:
    session = sessions.find(request.session)
    named = (room.organisation, request.warrant, request.record, Action.EXPORT)
    if (session.organisation, session.warrant, session.record, session.action) != named:
        raise RefusedError(
            "Evidence goes out only for a record that is open for export under the same warrant.",
            remedy="Open it with the action export first.",
        )


def acts(room: Strongroom, request: ask.AskActs) -> tuple[ActEntry, ...]:
    """Actions after a place."""
    books, size = room.books, room.store.size
    start = bisect_right(books.actions, request.after)
    chosen = books.actions[start : start + max(0, min(request.limit, MOST_ACTS))]
    return tuple(_act_entry(room, seq) for seq in chosen if seq < size)


def _evidence(room: Strongroom, record: RecordId, seq: int) -> Evidence:
    entry, store = room.store.entry(seq), room.store
    parts, number = store.segments(seq), store.shard_of(seq).number
    shards = {shard.number: shard for shard in store.leaves_from(min((seq, *parts)))}
    own = shards.pop(number)
    return Evidence(
        record=ids.record_text(record),
        seq=seq,
        head=entry.head,
        commitment=entry.commitment,
        ciphertext=entry.ciphertext,
        key=room.key_of(entry),
        proof=store.proof(seq),
        checkpoint=own.checkpoint,
        verifier=own.verifier,
        acts=tuple(_act_entry(room, each) for each in room.books.actions_of.get(record, ())),
        leaves=own.leaves,
        segments=len(parts),
        shards=tuple(shards.values()),
    )


def _act_entry(room: Strongroom, seq: int) -> ActEntry:
    entry = room.store.entry(seq)
    if entry.kind is not Kind.ACTION:
        raise WrongUseError(f"Entry {seq} is no action.")
    return ActEntry(seq, entry.clear, room.plaintext(entry))


def _use(
    books: Books,
    tag: EventTag,
    warrant: str,
    record: RecordId,
    action: Action,
    assertion: SignedStatement,
    now: int,
    *,
    replaced_by: str = "",
) -> Entry:
    """The entry for one use of a warrant on one record; RefusedError unless every rule allows it."""
    standing, text = books.standing(warrant, now), ids.record_text(record)
    if record in books.erased:
        raise RefusedError("The record has been erased.")
    key = floor.check_use(
        standing.admitted,
        assertion,
        action=action,
        record=record,
        used=standing.used,
        register=books.register,
        private=books.private,
        now=now,
    )
    named = assertion_hash(assertion)
    if not replaced_by:
        require_unused(books, assertion, text)
    elif (named, text) not in books.assertions:
        raise RefusedError(
            "The record is not open to take stretches out of it, or to keep it in another form.",
            remedy="Open it first; what you sign for that is what replaces it too.",
        )
    clear = Clear(
        tag=tag,
        time=now,
        record=text,
        warrant=warrant,
        rule=standing.admitted.warrant.category,
        demo=key.demo or standing.admitted.demo,
        action=action,
        assertion=named,
        replaced_by=replaced_by,
    )
    return Entry(clear, write_body(entries.SignedBody(key.person, assertion)))


def _signed_act(
    room: Strongroom, tag: EventTag, body: bytes, signatures: Sequence[SignedStatement]
) -> Receipt:
    def compose(now: int) -> Sequence[Entry]:
        return (Entry(Clear(tag=tag, time=now, demo=_any_demo(room.books, signatures)), body),)

    return room.act(compose)


def _any_demo(books: Books, signatures: Sequence[SignedStatement]) -> bool:
    keys = (books.register.keys.get(signed.key) for signed in signatures)
    return any(key is not None and key.demo for key in keys)


def _action(text: str) -> Action:
    try:
        action = Action(text)
    except ValueError as error:
        raise WrongUseError(f"{text!r} is no action.") from error
    if action not in _CONTENT_ACTIONS:
        raise WrongUseError(f"A record is not opened to {action}.")
    return action


def _text(statement: bytes) -> str:
    try:
        return statement.decode()
    except UnicodeDecodeError as error:
        raise WrongUseError("The statement is not text.") from error
