"""The text index of one organisation: taking documents in, erasing them, answering queries.

A write is done when the manifest that names it is durable. One writer at a time; readers are not held
up by it.
"""

import contextlib
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec
from tantivy import DocAddress, Index, IndexWriter, Query, Searcher

from muniment.core.errors import FaultFoundError
from muniment.core.ids import RecordId, record_text
from muniment.search.index import compiling, cursors, proofs
from muniment.search.index.compiling import Here
from muniment.search.index.cursors import Sorting
from muniment.search.index.document import PRIVATE, SET_APART, IndexDocument, given_free
from muniment.search.index.proofs import ErasureProof, counted
from muniment.search.index.schema import VERSION, prepare, schema, written
from muniment.search.index.segments import Manifest, load, open_segments, save, seal_segments
from muniment.search.index.sources import Sources
from muniment.search.language.syntax import Node

HEAP = 50_000_000  # octets of the writer's arena; when it is full a segment is written
MOST_SHOWN = 10_000  # results by relevance that can be paged through; by date there is no end
NOTHING_TAKEN = -1
_UK = Here()


class Page(msgspec.Struct, frozen=True):
    """Records that a query found: the exact total, this page's ids, and where the next begins.

    `indexed_up_to` is the last sequence that the index knows; what came after is not in the answer.
    """

    total: int
    ids: tuple[str, ...]
    cursor: str
    indexed_up_to: int


class View(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of a result is wanted, and what of it may be seen.

    `access` is the highest level that may be seen (never what is set apart), `own` limits to records with one of these
    addresses, `within` to these sequences.
    """

    limit: int = 50
    cursor: str = ""
    sorting: Sorting = "date"
    access: int = PRIVATE
    own: tuple[str, ...] | None = None
    within: tuple[int, ...] | None = None


class OrganisationIndex:
    """One open index. `directory` is on disk and sealed, `memory` is its own directory in memory."""

    def __init__(self, directory: Path, memory: Path, key: bytes, here: Here = _UK) -> None:
        self._directory, self._memory, self._key, self._here = directory, memory, key, here
        self._lock = threading.Lock()
        self._writer: IndexWriter | None = None
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._manifest = load(directory, key) or Manifest(schema=VERSION)
        self._open()

    @property
    def watermark(self) -> int:
        """The last sequence that is durably in the index; -1 for none."""
        return self._manifest.watermark

    @property
    def size(self) -> int:
        """How many records can be found."""
        return int(self._searcher.num_docs)

    @property
    def searcher(self) -> Searcher:
        """The engine's own view of what is durable now: for proofs and measures."""
        return self._searcher

    def take(
        self,
        documents: Sequence[IndexDocument],
        *,
        erased: Sequence[int] = (),
        freed: Sequence[int] = (),
        watermark: int,
    ) -> ErasureProof:
        """Add documents, erase others, and move the watermark, all or nothing; durable on return.

        A record does not change: one that is held already is left as it is. `freed` names those that were
        set apart and are so no more. FaultFoundError if erased words can still be found.
        """
        gone = frozenset(erased)
        fresh = [document for document in documents if document.sequence not in gone]
        with self._lock:
            try:
                return self._take(fresh, gone, frozenset(freed) - gone, watermark)
            except BaseException:
                self._fall_back()
                raise

    def clear(self) -> None:
        """Forget everything: the first step of a rebuild. Durable on return."""
        with self._lock:
            self._manifest = Manifest(schema=VERSION)
            save(self._directory, self._key, self._manifest)
            self._open()

    def search(self, node: Node, view: View) -> Page:
        """The page of records that fit. Totals count every record that the view may see."""
        searcher, watermark = self._searcher, self._manifest.watermark
        query = self._limited(compiling.compile_query(node, self._here), view)
        if view.sorting == "date":
            return self._by_date(searcher, query, view, watermark)
        offset = min(cursors.read(view.cursor, "relevance") if view.cursor else 0, MOST_SHOWN)
        found = searcher.search(query, limit=view.limit, offset=offset, count=True)
        fit, end = counted(found), offset + len(found.hits)
        following = cursors.write("relevance", end) if end < min(fit, MOST_SHOWN) else ""
        ids = _records(searcher, [address for _, address in found.hits])
        return Page(fit, ids, following, watermark)

    def close(self) -> None:
        """Let go of the memory; what is on disk stays."""
        with self._lock:
            self._writer = None
            self._empty()

    def _by_date(self, searcher: Searcher, query: Query, view: View, watermark: int) -> Page:
        rest, total = query, None
        if view.cursor:
            total = counted(searcher.search(query, limit=1, count=True))
            rest = compiling.both(query, compiling.older_than(cursors.read(view.cursor, "date")))
        found = searcher.search(rest, limit=view.limit, count=True, order_by_field="order")
        fit = counted(found)
        more = fit > len(found.hits)
        following = cursors.write("date", found.hits[-1][0]) if more else ""
        ids = _records(searcher, [address for _, address in found.hits])
        return Page(fit if total is None else total, ids, following, watermark)

    def _limited(self, query: Query, view: View) -> Query:
        if view.access < PRIVATE or self._apart:
            query = compiling.without_above(query, view.access)
        if view.own is not None:
            query = compiling.both(query, compiling.party_query(view.own))
        if view.within is not None:
            query = compiling.both(query, compiling.any_sequence(view.within))
        return query

    def _take(
        self,
        documents: Sequence[IndexDocument],
        erased: frozenset[int],
        freed: frozenset[int],
        watermark: int,
    ) -> ErasureProof:
        sources = Sources(self._directory, self._key, self._manifest.sources)
        wanted = (erased | freed).union(document.sequence for document in documents)
        held = {document.sequence: document for document in sources.read(wanted)}
        lost = [held[sequence] for sequence in erased if sequence in held]
        fresh = [document for document in documents if document.sequence not in held]
        changed = [held[one] for one in freed if one in held and held[one].access == SET_APART]
        if lost or changed:
            self._rewrite(sources, frozenset(document.sequence for document in (*lost, *changed)))
        fresh += map(given_free, changed)
        if lost or fresh:
            sources.add(fresh)
            for document in fresh:
                self._write().add_document(written(document))
            self._write().commit()
            self._refresh()
        proof = proofs.prove(self._searcher, erased, lost)
        self._commit(sources, watermark)
        return proof

    def _rewrite(self, sources: Sources, gone: frozenset[int]) -> None:
        """Write each segment that holds one of `gone` again without it, so that its terms go too."""
        writer = self._settled()
        touched = proofs.segments_holding(self._searcher, gone)
        # By query: delete_documents_by_term takes the number for a signed one and deletes nothing.
        writer.delete_documents_by_query(compiling.any_sequence(tuple(touched)))
        for document in sources.read(touched - gone):
            writer.add_document(written(document))
        sources.remove(gone)

    def _commit(self, sources: Sources, watermark: int) -> None:
        meta, segments = seal_segments(self._memory, self._directory, self._key, self._manifest.segments)
        manifest = Manifest(VERSION, watermark, meta, segments, sources.batches)
        save(self._directory, self._key, manifest)
        self._manifest = manifest

    def _settled(self) -> IndexWriter:
        """A writer with no merge under way: one that is might carry erased words across."""
        writer, self._writer = self._write(), None
        writer.wait_merging_threads()
        self._refresh()
        return self._write()

    def _write(self) -> IndexWriter:
        if self._writer is None:
            self._writer = self._index.writer(heap_size=HEAP, num_threads=1)
        return self._writer

    def _refresh(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()
        self._apart = bool(counted(self._searcher.search(compiling.set_apart(), limit=1, count=True)))

    def _open(self) -> None:
        """Open what the manifest names; index it again from its sources where that cannot be used."""
        try:
            if self._manifest.meta and self._manifest.schema == VERSION:
                self._empty()
                open_segments(self._memory, self._directory, self._key, self._manifest)
                self._use(Index.open(str(self._memory)))
                return
        except FaultFoundError:
            if not self._manifest.sources:
                raise
        self._empty()
        self._use(Index(schema(), path=str(self._memory)))
        if self._manifest.sources:
            self._from_sources()

    def _use(self, index: Index) -> None:
        self._index = prepare(index)
        self._writer = None
        self._refresh()

    def _from_sources(self) -> None:
        sources = Sources(self._directory, self._key, self._manifest.sources)
        for document in sources.everything():
            self._write().add_document(written(document))
        self._write().commit()
        self._refresh()
        self._manifest = msgspec.structs.replace(self._manifest, segments=())
        self._commit(sources, self._manifest.watermark)

    def _fall_back(self) -> None:
        """After a failed write: what is in memory is again what the manifest says."""
        with contextlib.suppress(Exception):
            self._open()

    def _empty(self) -> None:
        self._writer = None
        shutil.rmtree(self._memory, ignore_errors=True)
        self._memory.mkdir(mode=0o700, parents=True)


def _records(searcher: Searcher, addresses: list[DocAddress]) -> tuple[str, ...]:
    if not addresses:
        return ()
    high = searcher.fast_field_values("record_high", addresses)
    low = searcher.fast_field_values("record_low", addresses)
    return tuple(
        record_text(RecordId(int(one or 0).to_bytes(8) + int(other or 0).to_bytes(8)))
        for one, other in zip(high, low, strict=True)
    )
