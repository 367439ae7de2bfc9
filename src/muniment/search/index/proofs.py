"""That erased words are gone, shown from the index itself.

1. No record with an erased sequence can be found.
2. No segment still holds a deleted document: each term of each erased record is counted in the term
   dictionaries exactly as often as it stands in a living record. A dictionary counts deleted documents
   too, so a term that only the erased had counts zero: it is in no dictionary.
"""

from collections.abc import Collection, Iterator, Sequence

import msgspec
from tantivy import Query, Searcher, SearchResult

from muniment.core.errors import FaultFoundError
from muniment.search.index.document import IndexDocument
from muniment.search.index.schema import (
    ROLES,
    STEMMED,
    addresses,
    analysers,
    labels,
    schema,
)


class ErasureProof(msgspec.Struct, frozen=True):
    """What an erasure left of the text index: nothing.

    `terms` were looked up; `gone` are in no dictionary any more, the others stand in records that live.
    """

    records: int = 0
    terms: int = 0
    gone: int = 0


def prove(searcher: Searcher, erased: Collection[int], documents: Sequence[IndexDocument]) -> ErasureProof:
    """Prove both points for what was just erased; FaultFoundError where one does not hold."""
    if not erased:
        return ErasureProof()
    if _count(searcher, Query.term_set_query(schema(), "sequence", sorted(erased))):
        raise _still_there()
    terms = {term for document in documents for term in terms_of(document)}
    gone = 0
    for field, value in terms:
        held = searcher.doc_freq(field, value)
        living = _count(searcher, Query.term_query(schema(), field, value, "basic")) if held else 0
        if held != living:
            raise _still_there()
        gone += not held
    return ErasureProof(len(documents), len(terms), gone)


def segments_holding(searcher: Searcher, sequences: Collection[int]) -> frozenset[int]:
    """The sequences of every living record in the segments that hold one of `sequences`."""
    wanted = Query.term_set_query(schema(), "sequence", sorted(sequences))
    hits = searcher.search(wanted, limit=max(len(sequences), 1), count=False).hits
    segments = {address.segment_ord for _, address in hits}
    if not segments:
        return frozenset()
    everything = searcher.search(Query.all_query(), limit=max(searcher.num_docs, 1), count=False).hits
    touched = [address for _, address in everything if address.segment_ord in segments]
    return frozenset(int(value or 0) for value in searcher.fast_field_values("sequence", touched))


def terms_of(document: IndexDocument) -> Iterator[tuple[str, str]]:
    """Each term that `document` has in the index, with its field."""
    exact, stem = analysers()
    texts = [("text", document.text), ("subject", document.subject)]
    texts += [("filename", name) for name in document.filenames]
    for field, text in texts:
        yield from ((field, token) for token in exact.analyze(text))
        if field in STEMMED:
            yield from ((f"{field}_stem", token) for token in stem.analyze(text))
    for party in document.parties:
        for field in ("party", *(field for field, roles in ROLES.items() if party.role in roles)):
            tokens = exact.analyze(f"{party.name} {party.address}")
            yield from ((field, token) for token in tokens)
            yield from (("address", term) for term in addresses(field, party.address))
    yield from (("label", label) for label in labels(document))


def counted(result: SearchResult) -> int:
    """How many records fit, which the library's published types leave out."""
    return int(result.count)  # type: ignore[attr-defined]


def _count(searcher: Searcher, query: Query) -> int:
    return counted(searcher.search(query, limit=1, count=True))


def _still_there() -> FaultFoundError:
    return FaultFoundError(
        "Words of an erased record are still in the search index.",
        remedy="Stop the server, run muniment rebuild, then look at the erasure again.",
    )
