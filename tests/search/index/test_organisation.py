"""Taking in, paging, limiting, rebuilding; exact counts."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core.errors import NotAvailableError
from muniment.search.index import sealed
from muniment.search.index.document import IndexDocument
from muniment.search.index.organisation import OrganisationIndex, View
from muniment.search.language.parser import parse
from tests.search.samples import document, index_at


def pages(index: OrganisationIndex, query: str, view: View) -> list[str]:
    ids: list[str] = []
    cursor = ""
    while True:
        page = index.search(parse(query), View(limit=view.limit, sorting=view.sorting, cursor=cursor))
        ids += page.ids
        if not page.cursor:
            return ids
        cursor = page.cursor


def test_newest_first_and_each_once_over_all_pages(tmp_path: Path) -> None:
    index = index_at(tmp_path)
    made = [document(number, "refund", moment=1000 + number % 7) for number in range(100)]
    for start in range(0, 100, 10):
        index.take(made[start : start + 10], watermark=start + 9)
    wanted = [
        each.record for each in sorted(made, key=lambda each: (each.moment, each.sequence), reverse=True)
    ]
    for limit in (1, 7, 33, 100, 1000):
        assert pages(index, "refund", View(limit=limit)) == wanted


def test_a_record_that_arrives_between_two_pages_moves_no_other(tmp_path: Path) -> None:
    index = index_at(tmp_path)
    index.take([document(number, "refund") for number in range(10)], watermark=9)
    first = index.search(parse("refund"), View(limit=5))
    index.take([document(10, "refund")], watermark=10)
    second = index.search(parse("refund"), View(limit=5, cursor=first.cursor))
    assert len({*first.ids, *second.ids}) == 10
    assert (first.total, second.total) == (10, 11)


def test_relevance_puts_the_subject_first(tmp_path: Path) -> None:
    index = index_at(tmp_path)
    subject = document(1, "other words", subject="refund")
    text = document(2, "refund and many other words", subject="x")
    index.take([subject, text], watermark=2)
    assert pages(index, "refund", View(limit=1, sorting="relevance")) == [subject.record, text.record]


def test_taking_the_same_again_changes_nothing(tmp_path: Path) -> None:
    index = index_at(tmp_path)
    batch = [document(number, "refund") for number in range(5)]
    index.take(batch, watermark=4)
    index.take(batch, watermark=4)
    again = index_at(tmp_path, "other")
    again.take(batch, watermark=4)
    assert again.search(parse("*"), View()).total == 5


def test_what_may_be_seen_is_part_of_the_query(tmp_path: Path) -> None:
    index = index_at(tmp_path)
    index.take([document(number, "refund", access=number % 2) for number in range(10)], watermark=9)
    assert index.search(parse("refund"), View()).total == 10
    assert index.search(parse("refund"), View(access=0)).total == 5
    assert index.search(parse("refund"), View(within=(1, 2, 99))).total == 2
    assert index.search(parse("*"), View(own=("BOB@mail.supplier.co.uk",))).total == 10
    assert index.search(parse("*"), View(own=("nobody@x.org",))).total == 0
    assert index.search(parse("*"), View(own=())).total == 0


def test_a_rebuild_begins_with_nothing(tmp_path: Path) -> None:
    index = index_at(tmp_path)
    index.take([document(1, "refund")], watermark=1)
    index.clear()
    assert (index.watermark, index.size) == (-1, 0)
    assert index_at(tmp_path, "other").watermark == -1
    index.take([document(1, "refund")], watermark=1)
    assert index.search(parse("refund"), View()).total == 1


def test_a_full_disk_loses_nothing_and_the_next_try_succeeds(tmp_path: Path, monkeypatch) -> None:
    index = index_at(tmp_path)
    index.take([document(1, "first")], watermark=1)
    whole = sealed.write
    left = [2]

    def full(path, key, pieces) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise NotAvailableError("The search index cannot be kept.")
        whole(path, key, pieces)

    monkeypatch.setattr(sealed, "write", full)
    with pytest.raises(NotAvailableError):
        index.take([document(2, "second")], watermark=2)
    assert index.watermark == 1
    assert index.search(parse("second"), View()).total == 0
    monkeypatch.setattr(sealed, "write", whole)
    index.take([document(2, "second")], watermark=2)
    assert index.search(parse("second OR first"), View()).total == 2
    assert index_at(tmp_path, "other").size == 2


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(["take", "erase", "open"]), st.integers(0, 30)), max_size=12))
def test_whatever_is_taken_erased_and_opened_again_the_index_is_right(tmp_path_factory, plan) -> None:
    path = tmp_path_factory.mktemp("index")
    index, number = index_at(path), 0
    living: dict[int, IndexDocument] = {}
    for step, (act, chosen) in enumerate(plan):
        if act == "take":
            batch = [
                document(number + place, f"unique{number + place} shared") for place in range(chosen % 5 + 1)
            ]
            number += len(batch)
            index.take(batch, watermark=number)
            living |= {each.sequence: each for each in batch}
        elif act == "erase" and living:
            gone = sorted(living)[chosen % len(living)]
            proof = index.take([], erased=[gone], watermark=number)
            assert proof.records == 1
            del living[gone]
            assert index.search(parse(f"unique{gone}"), View()).total == 0
        else:
            index = index_at(path, f"memory{step}")
    assert set(index.search(parse("*"), View(limit=1000)).ids) == {each.record for each in living.values()}
    assert index.search(parse("shared"), View()).total == len(living)
