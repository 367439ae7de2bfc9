"""An erasure is proved from the index's own dictionaries."""

from pathlib import Path

import pytest
from tantivy import Query

from muniment.core.errors import FaultFoundError
from muniment.search.index import proofs
from muniment.search.index.organisation import View
from muniment.search.index.schema import schema
from muniment.search.index.segments import load
from muniment.search.language.parser import parse
from tests.search.samples import KEY, document, index_at


def secret(sequence: int):
    return document(
        sequence, "nightjar refund", subject="nightjars", filenames=("nightjar plan.xlsx",), markings=("union",)
    )  # fmt: skip


def test_the_terms_of_an_erased_record_are_in_no_dictionary(tmp_path: Path) -> None:
    index = index_at(tmp_path)
    index.take([secret(1), document(2, "refund")], watermark=2)
    proof = index.take([], erased=[1], watermark=3)
    assert proof.records == 1
    assert proof.terms > proof.gone >= 6
    for field, word in (
        ("text", "nightjar"),
        ("text_stem", "nightjar"),
        ("subject", "nightjars"),
        ("filename", "nightjar"),
        ("label", "marking:union"),
    ):
        assert index._searcher.doc_freq(field, word) == 0
    assert index._searcher.doc_freq("text", "refund") == 1
    assert index.search(parse("refund"), View()).total == 1


def test_no_segment_that_held_the_terms_is_kept_in_memory_or_on_disk(tmp_path: Path) -> None:
    index = index_at(tmp_path)
    for number in range(12):
        index.take([document(number, f"refund word{number}")], watermark=number)
    index.take([secret(20)], watermark=20)
    before = load(tmp_path / "sealed", KEY)
    index.take([], erased=[20], watermark=21)
    after = load(tmp_path / "sealed", KEY)
    assert before is not None
    assert after is not None
    newest = next(each for each in before.segments if each.key not in {other.key for other in after.segments})
    assert not (tmp_path / "sealed" / newest.name).exists()
    assert not any((tmp_path / "memory" / part.name).exists() for part in newest.parts)
    again = index_at(tmp_path, "other")
    for field in ("text", "text_stem", "subject", "filename", "party"):
        assert not again._searcher.terms_with_prefix(field, "night")
    assert again.size == 12


def test_a_deletion_that_leaves_the_terms_is_no_erasure(tmp_path: Path) -> None:
    index = index_at(tmp_path)
    index.take([secret(1), document(2, "refund")], watermark=2)
    writer = index._write()
    writer.delete_documents_by_query(Query.term_query(schema(), "sequence", 1))
    writer.commit()
    index._refresh()
    assert index.search(parse("nightjar"), View()).total == 0
    with pytest.raises(FaultFoundError, match="still in the search index"):
        proofs.prove(index._searcher, [1], [secret(1)])


def test_a_record_that_can_still_be_found_is_no_erasure(tmp_path: Path) -> None:
    index = index_at(tmp_path)
    index.take([secret(1)], watermark=1)
    with pytest.raises(FaultFoundError):
        proofs.prove(index._searcher, [1], [])


def test_erasing_what_was_never_there_is_no_fault(tmp_path: Path) -> None:
    index = index_at(tmp_path)
    index.take([document(1, "refund")], watermark=1)
    assert index.take([], erased=[77], watermark=2).records == 0
    assert index.size == 1


def test_every_term_of_a_document_is_looked_up(tmp_path: Path) -> None:
    index = index_at(tmp_path)
    index.take([secret(1)], watermark=1)
    for field, value in set(proofs.terms_of(secret(1))):
        assert index._searcher.doc_freq(field, value) == 1, (field, value)
    for field in (
        "text",
        "subject",
        "filename",
        "party",
        "from",
        "to",
        "text_stem",
        "subject_stem",
        "address",
        "label",
    ):
        listed = {word for word, _ in index._searcher.terms_with_prefix(field, "")}
        assert listed == {value for name, value in proofs.terms_of(secret(1)) if name == field}
