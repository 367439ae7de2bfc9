"""The fields of the text index, how words are cut, and how a document is written into it.

Words stand twice: as they are (folded to small letters without accents, with positions, for phrases
and prefixes) and by their English stem (for single words). An address stands as words, and whole with
its role: `from:ann@x.org`, and each domain above it: `from:@x.org`, `from:@org`.
"""

from functools import cache
from typing import NamedTuple

from tantivy import (
    Document,
    Filter,
    Index,
    Schema,
    SchemaBuilder,
    TextAnalyzer,
    TextAnalyzerBuilder,
    Tokenizer,
)

from muniment.core.ids import record_bytes
from muniment.search.index.document import IndexDocument

VERSION = 2  # of fields and analysers; another version is indexed again from the sealed documents

EXACT, STEM, WHOLE = "exact", "stem", "raw"
WORD_FIELDS = ("text", "subject", "filename")
STEMMED = ("text", "subject")
ROLES = {  # which roles on a record answer to which field of the language; all answer to `party`
    "from": ("from", "sender", "caller"),
    "to": ("to", "called", "agent", "transferred", "conference", "consulted"),
    "cc": ("cc",),
    "bcc": ("bcc",),
}
SIP = "sip:"
SEQUENCE_BITS = 30  # `order` holds the moment above and the sequence below: unique, and sorts by date


class Analysers(NamedTuple):
    """How texts of documents and of queries are cut into words."""

    exact: TextAnalyzer
    stem: TextAnalyzer


@cache
def analysers() -> Analysers:
    """The two analysers of this schema."""

    def folded() -> TextAnalyzerBuilder:
        builder = TextAnalyzerBuilder(Tokenizer.simple())
        return builder.filter(Filter.lowercase()).filter(Filter.ascii_fold())

    return Analysers(folded().build(), folded().filter(Filter.stemmer("english")).build())


@cache
def schema() -> Schema:
    """The schema; nothing in it stores text."""
    builder = SchemaBuilder()
    for name in WORD_FIELDS:
        builder.add_text_field(name, tokenizer_name=EXACT, index_option="position")
    for name in STEMMED:
        builder.add_text_field(f"{name}_stem", tokenizer_name=STEM, index_option="freq")
    for name in ("party", *ROLES):
        builder.add_text_field(name, tokenizer_name=EXACT, index_option="position")
    builder.add_text_field("address", tokenizer_name=WHOLE, index_option="basic")
    builder.add_text_field("label", tokenizer_name=WHOLE, index_option="basic")
    builder.add_unsigned_field("access", indexed=True, fast=True)
    builder.add_unsigned_field("order", fast=True)
    builder.add_unsigned_field("sequence", indexed=True, fast=True)
    builder.add_unsigned_field("size", fast=True)
    builder.add_unsigned_field("duration", fast=True)  # seconds of a call
    builder.add_unsigned_field("mos", fast=True)  # hundredths
    builder.add_unsigned_field("record_high", fast=True)
    builder.add_unsigned_field("record_low", fast=True)
    return builder.build()


def prepare(index: Index) -> Index:
    """Give an index that was just opened the analysers that its schema names."""
    index.register_tokenizer(EXACT, analysers().exact)
    index.register_tokenizer(STEM, analysers().stem)
    return index


def order_of(moment: int, sequence: int = 0) -> int:
    """The value of `order`: sorts by moment, then by sequence."""
    return moment << SEQUENCE_BITS | sequence


def written(source: IndexDocument) -> Document:
    """A document for the index's writer.

    Numbers go in by `add_unsigned`: a document made from keywords types them as signed, which kills
    the writer.
    """
    document = Document()
    for name, texts in (("text", (source.text,)), ("subject", (source.subject,)), ("filename", source.filenames)):  # fmt: skip
        for text in texts:
            document.add_text(name, text)
            if name in STEMMED:
                document.add_text(f"{name}_stem", text)
    _add_parties(document, source)
    for label in labels(source):
        document.add_text("label", label)
    document.add_unsigned("access", source.access)
    document.add_unsigned("order", order_of(source.moment, source.sequence))
    document.add_unsigned("sequence", source.sequence)
    document.add_unsigned("size", source.size)
    if source.seconds >= 0:
        document.add_unsigned("duration", source.seconds)
    if source.mos >= 0:
        document.add_unsigned("mos", source.mos)
    raw = record_bytes(source.record)
    document.add_unsigned("record_high", int.from_bytes(raw[:8]))
    document.add_unsigned("record_low", int.from_bytes(raw[8:]))
    return document


def labels(source: IndexDocument) -> tuple[str, ...]:
    """The fixed properties of a record, as `field:value`."""
    markings = (f"marking:{marking}" for marking in source.markings)
    found = [f"channel:{source.channel}", *markings, *source.labels]
    return (*found, "has:attachment") if source.attachments else tuple(found)


def addresses(role: str, address: str) -> tuple[str, ...]:
    """The whole terms of one address in one role: itself, its domain, and each domain above."""
    _, at, domain = address.rpartition("@")
    parts = domain.split(".") if at else []
    domains = [f"{role}:@{'.'.join(parts[place:])}" for place in range(len(parts))]
    bare = (f"{role}:{address.removeprefix(SIP)}",) if address.startswith(SIP) else ()
    return (f"{role}:{address}", *bare, *domains)


def _add_parties(document: Document, source: IndexDocument) -> None:
    terms: set[str] = set()
    for party in source.parties:
        fields = ["party", *(field for field, roles in ROLES.items() if party.role in roles)]
        for field in fields:
            for text in filter(None, (party.name, party.address)):  # apart: no phrase spans both
                document.add_text(field, text)
            terms.update(addresses(field, party.address))
    for term in sorted(terms):
        document.add_text("address", term)
