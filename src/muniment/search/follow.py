"""The worker's step: the next batch of the ledger becomes catalogue rows and index terms.

    1. Ask the keeper for what comes after both watermarks.
    2. Read each record in a child.
    3. Tell the keeper which records are private: before anybody can find them.
    4. Catalogue: rows and watermark in one transaction.
    5. Librarian: terms, erasures and watermark, durable on return.

A crash after any step leaves the lower watermark where it was, so the batch comes again, and each step
done twice is as good as done once.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from muniment.catalogue import intake, marks
from muniment.catalogue.intake import Erased, Statement
from muniment.readers.contents import Content
from muniment.readers.mail import Mail
from muniment.search.index.document import IndexDocument, document_of
from muniment.search.index.proofs import ErasureProof
from muniment.search.librarian.messages import IndexState
from muniment.search.reading import Readers
from muniment.vault.messages import Batch, Examined, Receipt

ANALYSER = "mail/1"
BATCH = 500  # entries: enough that one commit for all of them costs little
MOST_BYTES = 64 << 20  # what the readers get at a time


class Keeper(Protocol):
    """The keeper's index door."""

    def next_batch(
        self, organisation: str, purpose: str = "index", *, analyser: str, after: int, limit: int
    ) -> Batch:
        """The entries after `after`."""

    def mark_private(self, organisation: str, records: tuple[str, ...], rule: str) -> Receipt:
        """Mark records as private."""


class Index(Protocol):
    """The librarian's door for the worker."""

    def state(self, organisation: str) -> IndexState:
        """How far the index is."""

    def take(
        self,
        organisation: str,
        documents: tuple[IndexDocument, ...],
        *,
        erased: tuple[int, ...],
        freed: tuple[int, ...] = (),
        watermark: int,
    ) -> ErasureProof:
        """Add, erase, give free, move the watermark."""

    def clear(self, organisation: str) -> IndexState:
        """Forget the index."""


class Followed(msgspec.Struct, frozen=True):
    """What one step did: how far the ledger is followed now, and what was met on the way."""

    up_to: int
    entries: int
    records: int
    unreadable: int
    erased: int
    marked_private: int

    @property
    def idle(self) -> bool:
        """Whether there was nothing to do."""
        return self.entries == 0


type Step = Callable[[str], None]
"""Called with the name of each step that is done: for progress, and for tests that stop there."""


def follow(
    organisation: str,
    keeper: Keeper,
    index: Index,
    readers: Readers,
    *,
    limit: int = BATCH,
    step: Step = lambda _: None,
) -> Followed:
    """Take the next batch of one organisation's ledger; idle where there is none.

    NotAvailableError while keeper, librarian or disk cannot; call again later.
    """
    after = min(intake.watermark(organisation), index.state(organisation).watermark)
    batch = keeper.next_batch(organisation, analyser=ANALYSER, after=after, limit=limit)
    if not batch.entries:
        return Followed(batch.last, 0, 0, 0, 0, 0)
    step("batch")
    mails = read_all(readers, batch.entries, organisation)
    step("read")
    private = intake.to_mark({record: mails[record] for record in _unmarked(organisation, mails)})
    if private:
        keeper.mark_private(organisation, private, marks.RULE)
    step("marked")
    erased = intake.erased_in(organisation, batch)
    intake.take_in(organisation, batch, mails)
    step("catalogued")
    index.take(
        organisation,
        _documents(batch, mails, intake.set_apart(organisation, batch)),
        erased=_sequences(erased),
        freed=intake.freed_by(organisation, batch),
        watermark=batch.last,
    )
    step("indexed")
    unreadable = sum(bool(mail.unreadable) for mail in mails.values())
    return Followed(batch.last, len(batch.entries), len(mails), unreadable, len(erased), len(private))


def begin_again(organisation: str, index: Index) -> None:
    """Drop catalogue and index of an organisation, so that the next steps rebuild both.

    The keeper gives what it gave before only while a rebuild warrant is in force: admit that first.
    """
    index.clear(organisation)
    intake.forget(organisation)


def read_all(readers: Readers, entries: Sequence[Examined], organisation: str = "") -> Mapping[str, Content]:
    """What each record of a batch says, by its id; actions and erased records are not in it."""
    mails: dict[str, Content] = {}
    waiting: list[Examined] = []
    for entry in entries:
        if not intake.is_record(entry):
            continue
        if entry.fault:
            mails[entry.record] = Mail(unreadable=entry.fault)
            continue
        waiting.append(entry)
        if sum(len(each.original) + len(each.beginning) for each in waiting) > MOST_BYTES:
            mails.update(_read(readers, waiting, organisation))
            waiting = []
    mails.update(_read(readers, waiting, organisation))
    return mails


def _read(readers: Readers, entries: Sequence[Examined], organisation: str) -> dict[str, Content]:
    tasks = [
        readers.task(organisation, entry.statement, entry.original, entry.beginning) for entry in entries
    ]
    return dict(zip((entry.record for entry in entries), readers.read(tasks), strict=True))


def _unmarked(organisation: str, mails: Mapping[str, Content]) -> list[str]:
    held = intake.held(organisation, list(mails))
    return [record for record in mails if record not in held]


def _documents(
    batch: Batch, mails: Mapping[str, Content], apart: frozenset[str]
) -> tuple[IndexDocument, ...]:
    documents = []
    for entry in batch.entries:
        if entry.record in mails and intake.is_record(entry):
            statement: Statement = intake.statement_of(entry)
            documents.append(
                document_of(
                    entry.seq,
                    entry.record,
                    mails[entry.record],
                    statement.received,
                    intake.size_of(entry),
                    set_apart=entry.record in apart,
                )
            )
    return tuple(documents)


def _sequences(erased: Sequence[Erased]) -> tuple[int, ...]:
    return tuple(each.sequence for each in erased if each.sequence >= 0)
