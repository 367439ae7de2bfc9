"""The index door: the ledger's entries in order for system purposes, and searches under a warrant."""

from collections.abc import Sequence

from muniment.core import ids
from muniment.core.errors import MunimentError, WrongUseError
from muniment.core.tags import EventTag
from muniment.vault import messages as ask
from muniment.vault import store
from muniment.vault.authority import floor
from muniment.vault.authority.statements import Action
from muniment.vault.frames import Kind, read_head
from muniment.vault.heads import PublishedHead, Succession, Witnessed
from muniment.vault.keeper.books import assertion_hash
from muniment.vault.keeper.entries import Clear, Entry, ExaminedBody, SearchBody, write_body
from muniment.vault.keeper.strongroom import Strongroom
from muniment.vault.messages import Batch, Examined, Receipt

PURPOSES = frozenset({"index"})
MOST_ENTRIES = 2000
MOST_SEALED = 32 * 1024 * 1024  # bytes of ciphertext in one batch
MOST_OPENED = 64 * 1024 * 1024  # bytes of content after which a batch is sent as it stands
BEGINNING = 16 * 1024 * 1024  # bytes of a record in segments: a minute and a half of stereo at 44.1 kHz
LARGEST_RECORD = 256 * 1024 * 1024  # bytes of content that still fit one message
_LONGEST_NAME = 64


def next_batch(room: Strongroom, request: ask.NextBatch) -> Batch:
    """The entries after a place. What holds a record is in the ledger before it is decrypted."""
    if request.purpose not in PURPOSES or not 0 < len(request.analyser) <= _LONGEST_NAME:
        raise WrongUseError(f"{request.purpose!r} is no system purpose, or its analyser has no name.")
    if request.after < -1 or request.limit < 1:
        raise WrongUseError("A batch begins after -1 or a later entry, and holds at least one.")
    found = _gather(room, request.after, min(request.limit, MOST_ENTRIES))
    if not found:
        return Batch(request.after + 1, request.after, ())
    if any(_is_live_record(room, entry) for entry in found):
        room.act(lambda now: (_examination(room, request, found, now),))
    return _open(room, request.after + 1, found)


def locate(room: Strongroom, request: ask.Locate) -> Receipt:
    """Write a search to the ledger, if the warrant allows it."""

    def compose(now: int) -> Sequence[Entry]:
        books = room.books
        standing = books.standing(request.warrant, now)
        key = floor.check_use(
            standing.admitted,
            request.assertion,
            action=Action.LOCATE,
            record=None,
            # A next page of the same search must not fail for the cap that its first page used up.
            used=standing.used - books.searched(request.assertion, request.query),
            register=books.register,
            private=books.private,
            now=now,
        )
        clear = Clear(
            tag=EventTag.SEARCH_MADE,
            time=now,
            warrant=request.warrant,
            rule=standing.admitted.warrant.category,
            demo=key.demo or standing.admitted.demo,
            action=Action.LOCATE,
            assertion=assertion_hash(request.assertion),
        )
        return (Entry(clear, write_body(SearchBody(key.person, request.assertion, request.query))),)

    return room.act(compose)


def mark_private(room: Strongroom, request: ask.MarkPrivate) -> Receipt:
    """Mark records as private; those that are marked already are not written again."""
    records = {text: ids.record_bytes(text) for text in request.records}
    if not records:
        raise WrongUseError("No record is named.")
    for record in records.values():
        room.store.find(record)

    def compose(now: int) -> Sequence[Entry]:
        return tuple(
            Entry(Clear(tag=EventTag.RECORD_MARKED_PRIVATE, time=now, record=text, rule=request.rule), b"{}")
            for text, record in records.items()
            if record not in room.books.private
        )

    return room.act(compose)


def head(room: Strongroom, request: ask.AskHead) -> PublishedHead:
    """The published head, to be shown to others; nothing of it is secret."""
    published, note, path = room.store.head(request.old, request.shard)
    numbers = tuple(shard.number for shard in room.store.shards)
    return PublishedHead(note, published.size, request.old, tuple(path), numbers)


def succession(room: Strongroom, request: ask.AskSuccession) -> Succession:
    """How a shard follows the one before; nothing of it is secret."""
    numbers = [shard.number for shard in room.store.shards]
    if request.shard not in numbers[1:]:
        raise WrongUseError(f"There is no later shard {request.shard} here.")
    after = room.store.shards[numbers.index(request.shard)]
    return Succession(_witnessed(room, after.base - 1), _witnessed(room, after.base))


def keep_anchor(room: Strongroom, request: ask.KeepAnchor) -> str:
    """Keep what came back from outside. Whoever asked for it has checked it; the head is checked here."""
    return room.store.keep_anchor(request.note, request.data, request.source, request.ending, room.clock())


def _witnessed(room: Strongroom, seq: int) -> Witnessed:
    entry = room.store.entry(seq)
    return Witnessed(entry.leaf_data, room.store.proof(seq))


def _gather(room: Strongroom, after: int, limit: int) -> list[store.Entry]:
    """Records and actions after a place. Segments are passed over: they are read with their record."""
    found: list[store.Entry] = []
    sealed = 0
    for seq in range(after + 1, room.store.size):
        if room.store.kind(seq) is Kind.SEGMENT:
            continue
        entry = room.store.entry(seq)
        sealed += len(entry.ciphertext)
        if len(found) == limit or (found and sealed > MOST_SEALED):
            break
        found.append(entry)
    return found


def _examination(room: Strongroom, request: ask.NextBatch, found: Sequence[store.Entry], now: int) -> Entry:
    first, last = request.after + 1, found[-1].seq
    free = room.books.may_examine(request.purpose, request.analyser, first)
    clear = Clear(
        tag=EventTag.RECORDS_EXAMINED,
        time=now,
        range=(first, last),
        warrant="" if free else room.books.rebuild_warrant(request.purpose, now),
        rule=request.purpose,
    )
    return Entry(clear, write_body(ExaminedBody(request.purpose, request.analyser)))


def _open(room: Strongroom, first: int, found: Sequence[store.Entry]) -> Batch:
    examined: list[Examined] = []
    opened = 0
    for entry in found:
        examined.append(_examine(room, entry))
        opened += len(examined[-1].original) + len(examined[-1].beginning)
        if opened > MOST_OPENED:
            break  # the rest comes with the next call: it may have again what this batch was logged for
    return Batch(first, examined[-1].seq, tuple(examined))


def _examine(room: Strongroom, entry: store.Entry) -> Examined:
    if entry.kind is Kind.ACTION:
        return Examined(entry.seq, entry.kind, "", clear=entry.clear, body=room.plaintext(entry))
    record = ids.record_text(entry.id)
    if entry.id in room.books.erased:
        return Examined(entry.seq, entry.kind, record, erased=True)
    try:
        statement, content = room.reading(entry)
        if read_head(entry.head).segmented:  # its statement says what it is; its beginning may hold a notice
            return Examined(
                entry.seq,
                entry.kind,
                record,
                statement=statement,
                size=content.length,
                beginning=content.read(0, BEGINNING),
            )
        original = content.read(0, content.length)
        if len(original) > LARGEST_RECORD:
            return Examined(entry.seq, entry.kind, record, fault="It is too large to be examined.")
    except MunimentError as error:
        # One damaged record must not stop all that follow it; verify names it, and so does the catalogue.
        return Examined(entry.seq, entry.kind, record, fault=error.what)
    return Examined(entry.seq, entry.kind, record, statement=statement, original=original)


def _is_live_record(room: Strongroom, entry: store.Entry) -> bool:
    return entry.kind is Kind.RECORD and entry.id not in room.books.erased
