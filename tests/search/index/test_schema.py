"""Words and addresses: what a document can be found by."""

import pytest

from muniment.search.index.schema import addresses, analysers, labels, order_of
from tests.search.samples import document


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Café STRASSE straße ﬁne", ["cafe", "strasse", "strasse", "fine"]),
        ("ann.lee@example.co.uk", ["ann", "lee", "example", "co", "uk"]),
        ("INV-2024/0012", ["inv", "2024", "0012"]),
        ("日本語 …", ["日本語"]),
    ],
)
def test_words_are_folded(text: str, words: list[str]) -> None:
    assert analysers().exact.analyze(text) == words


def test_stems_stand_beside_the_words_themselves() -> None:
    assert analysers().stem.analyze("refunds refunded refunding Refund") == ["refund"] * 4


def test_a_long_word_is_not_lost() -> None:
    assert analysers().exact.analyze("x" * 5000) == ["x" * 5000]


def test_an_address_is_found_whole_and_by_each_domain_above_it() -> None:
    assert addresses("to", "bob@mail.supplier.co.uk") == (
        "to:bob@mail.supplier.co.uk", "to:@mail.supplier.co.uk", "to:@supplier.co.uk", "to:@co.uk", "to:@uk",
    )  # fmt: skip
    assert addresses("to", "sip:ann@pbx.example") == (
        "to:sip:ann@pbx.example", "to:ann@pbx.example", "to:@pbx.example", "to:@example",
    )  # fmt: skip
    assert addresses("from", "+441632960001") == ("from:+441632960001",)
    assert addresses("to", "undisclosed") == ("to:undisclosed",)


def test_order_sorts_by_moment_then_by_place() -> None:
    assert order_of(5, 9) < order_of(5, 10) < order_of(6, 0)
    assert order_of(2**34 - 1, 2**30 - 1) < 2**64


def test_labels_are_fixed_properties() -> None:
    found = labels(document(1, attachments=2, markings=("private",)))
    assert set(found) == {"channel:e-mail", "marking:private", "has:attachment"}
    assert "queue:sales" in labels(document(1, labels=("queue:sales",)))
