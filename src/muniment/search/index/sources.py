"""The documents that the index was made from, sealed beside it in batches.

tantivy marks a deleted document and keeps its terms until a merge, which its Python binding cannot ask
for. So an erasure writes the segments concerned again, from here, without opening a record; a new
version of the schema is indexed from here too. Nothing of this is held in memory.
"""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import msgspec
import zstandard

from muniment.search.index import sealed
from muniment.search.index.document import IndexDocument

BATCH = 512  # documents: small batches grow up to this, so that mail by mail does not make a file each
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(tuple[IndexDocument, ...])


class SourceBatch(msgspec.Struct, frozen=True):
    """One sealed file of documents: its name, their lowest and highest sequence, how many."""

    name: str
    first: int
    last: int
    count: int

    def may_hold(self, sequences: frozenset[int]) -> bool:
        """Whether one of these sequences lies in its range."""
        overlap = bool(sequences) and self.first <= max(sequences) and min(sequences) <= self.last
        return overlap and any(self.first <= sequence <= self.last for sequence in sequences)


class Sources:
    """The batches of one index. Files that no batch names any more are removed after the commit."""

    def __init__(self, directory: Path, key: bytes, batches: Sequence[SourceBatch] = ()) -> None:
        self._directory = directory
        self._key = key
        self.batches = tuple(batches)

    def add(self, documents: Sequence[IndexDocument]) -> None:
        """Seal more documents; the last batch takes them while it is small."""
        if not documents:
            return
        kept = self.batches
        together = list(documents)
        if kept and kept[-1].count + len(together) <= BATCH:
            together = [*self._read(kept[-1]), *together]
            kept = kept[:-1]
        self.batches = (*kept, self._write(together))

    def remove(self, sequences: Collection[int]) -> None:
        """Write every batch that holds one of these again without it."""
        gone = frozenset(sequences)
        left: list[SourceBatch] = []
        for batch in self.batches:
            if not batch.may_hold(gone):
                left.append(batch)
                continue
            documents = [document for document in self._read(batch) if document.sequence not in gone]
            if len(documents) == batch.count:
                left.append(batch)
            elif documents:
                left.append(self._write(documents))
        self.batches = tuple(left)

    def read(self, sequences: Collection[int]) -> Iterator[IndexDocument]:
        """The documents with these sequences, batch by batch."""
        wanted = frozenset(sequences)
        for batch in self.batches:
            if batch.may_hold(wanted):
                yield from (found for found in self._read(batch) if found.sequence in wanted)

    def everything(self) -> Iterator[IndexDocument]:
        """Every document, in order."""
        for batch in self.batches:
            yield from self._read(batch)

    def _write(self, documents: Sequence[IndexDocument]) -> SourceBatch:
        name = sealed.new_name()
        packed = zstandard.ZstdCompressor(level=1).compress(_encoder.encode(tuple(documents)))
        sealed.write(self._directory / name, self._key, [packed])
        places = [document.sequence for document in documents]
        return SourceBatch(name, min(places), max(places), len(places))

    def _read(self, batch: SourceBatch) -> tuple[IndexDocument, ...]:
        packed = sealed.read(self._directory / batch.name, self._key)
        return _decoder.decode(zstandard.ZstdDecompressor().decompress(packed))
