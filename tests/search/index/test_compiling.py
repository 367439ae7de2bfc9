"""The index answers as a plain reading of the query would: every operator, against a slow evaluator."""

import re
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import WrongUseError
from muniment.search.index.compiling import Here
from muniment.search.index.document import IndexDocument, IndexParty
from muniment.search.index.organisation import OrganisationIndex, View
from muniment.search.index.schema import analysers
from muniment.search.language.parser import parse
from muniment.search.language.syntax import (
    And,
    Dated,
    Everything,
    Form,
    Label,
    Measured,
    Near,
    Node,
    Not,
    Or,
    Party,
    Relation,
    Sized,
    Words,
)
from muniment.search.language.writing import write
from tests.search.samples import KEY, document, index_at

LONDON = ZoneInfo("Europe/London")
DAYS = (date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30))  # clocks go forward on the 29th


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def party(role: str, address: str, name: str = "") -> IndexParty:
    return IndexParty(role, address, name)


CORPUS = (
    document(0, "alpha beta gamma refunds", subject="Price list", moment=at("2026-03-28T23:59:59"), size=10),
    document(1, "gamma beta alpha", subject="alpha", moment=at("2026-03-29T00:00:00"), size=20, attachments=1,
             filenames=("alpha plan.xlsx",)),
    document(2, "the café refunded beta, then beta again", subject="", moment=at("2026-03-29T22:59:59"), size=30,
             markings=("private",), parties=(party("from", "eve@mail.x.org", "Eve"),),
             labels=("queue:sales",), seconds=30, mos=310),
    document(3, "alpha delta delta delta beta", subject="refund", moment=at("2026-03-29T23:00:00"), size=40,
             parties=(party("to", "ann@example.com", "Ann Lee"), party("bcc", "eve@x.org"))),
    document(4, "", subject="list price", moment=at("2026-03-31T12:00:00"), size=50, parties=(),
             seconds=0, mos=450),
)  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    path: Path = tmp_path_factory.mktemp("compiling")
    made = index_at(path)
    made.take(CORPUS[:2], watermark=1)
    made.take(CORPUS[2:], watermark=4)
    return made


def found(index, query: str | Node) -> set[int]:
    node = parse(query) if isinstance(query, str) else query
    page = index.search(node, View(limit=100))
    assert page.total == len(page.ids)
    places = {each.record: each.sequence for each in CORPUS}
    return {places[record] for record in page.ids}


@pytest.mark.parametrize(
    ("query", "records"),
    [
        ("refund", {0, 2, 3}),
        ('"refunds"', {0}),
        ("text:refund", {0, 2}),
        ("subject:refund", {3}),
        ("cafe", {2}),
        ("CAFÉ", {2}),
        ('"alpha beta"', {0}),
        ('"alpha beta"~3', {0, 1, 3}),
        ("near(alpha, beta, 0)", {0, 1}),
        ("near(beta, alpha, 3)", {0, 1, 3}),
        ("near(alpha, beta, 2)", {0, 1}),
        ("gam*", {0, 1}),
        ("filename:*.xlsx", {1}),
        ("filename:alpha", {1}),
        ("filename:al*", {1}),
        ("has:attachment", {1}),
        ("-has:attachment", {0, 2, 3, 4}),
        ("marking:private", {2}),
        ("channel:e-mail", {0, 1, 2, 3, 4}),
        ("from:ann@example.com", {0, 1}),
        ("to:ann@example.com", {3}),
        ("party:ann@example.com", {0, 1, 3}),
        ("party:@example.com", {0, 1, 3}),
        ("from:@x.org", {2}),
        ("bcc:@x.org", {3}),
        ("party:@x.org", {2, 3}),
        ("from:eve@x.org", set()),
        ("party:eve", {2, 3}),
        ("party:ex*", {0, 1, 3}),
        ("party:ann@ex*", {0, 1, 3}),
        ('from:"ann lee"', {0, 1}),
        ('from:"lee ann"', set()),
        ("ann", {0, 1, 3}),
        ("ann@example.com", {0, 1, 3}),
        ("on:2026-03-28", {0}),
        ("on:2026-03-29", {1, 2}),
        ("on:2026-03-30", {3}),
        ("after:2026-03-29", {1, 2, 3, 4}),
        ("before:2026-03-29", {0}),
        ("after:2026-03-29 before:2026-03-30", {1, 2}),
        ("on:2026-03", {0, 1, 2, 3, 4}),
        ("on:1900", set()),
        ("before:2600", {0, 1, 2, 3, 4}),
        ("larger:30", {3, 4}),
        ("smaller:20", {0}),
        ("larger:0", {0, 1, 2, 3, 4}),
        ("smaller:0", set()),
        ("*", {0, 1, 2, 3, 4}),
        ("-*", set()),
        ("-refund", {1, 4}),
        ("alpha -gamma", {3}),
        ("alpha (gamma OR delta) -subject:alpha", {0, 3}),
        ("price list", {0, 4}),
        ('subject:"price list"', {0}),
        ("subject:(price list)", {0, 4}),
        ("nothing", set()),
    ],
)  # fmt: skip
def test_each_operator(index, query: str, records: set[int]) -> None:
    assert found(index, query) == records


def test_all_endings_of_a_prefix_in_a_phrase_count(tmp_path: Path) -> None:
    index = index_at(tmp_path)
    index.take([document(number, f"order number{number}") for number in range(120)], watermark=119)
    assert index.search(parse("party:ann@ex*"), View()).total == 120
    assert index.search(compiling_prefix("order number"), View()).total == 120


def compiling_prefix(text: str) -> Node:
    return Words("text", text, Form.PREFIX)


def test_a_person_must_be_resolved_before(index) -> None:
    with pytest.raises(WrongUseError, match="resolved"):
        index.search(parse("person:Ann"), View())


# --- against a plain evaluator -------------------------------------------------------------------


def tokens(text: str) -> list[str]:
    return analysers().exact.analyze(text)


def texts(source: IndexDocument, field: str) -> list[list[str]]:
    of = {
        "text": [source.text],
        "subject": [source.subject],
        "filename": list(source.filenames),
        "party": [text for each in source.parties for text in (each.name, each.address)],
    }
    return [tokens(text) for name in ([field] if field else of) for text in of[name]]


def in_order(words: list[str], wanted: list[str]) -> bool:
    return any(words[start : start + len(wanted)] == wanted for start in range(len(words)))


def fits(node: Node, source: IndexDocument) -> bool:  # noqa: C901, PLR0911, PLR0912 - a case for each kind
    match node:
        case And(parts):
            return all(fits(part, source) for part in parts)
        case Or(parts):
            return any(fits(part, source) for part in parts)
        case Not(part):
            return not fits(part, source)
        case Everything():
            return True
        case Words(field, text, Form.WORD):
            stem = analysers().stem.analyze
            stemmed = [source.text] * (field in {"", "text"}) + [source.subject] * (field in {"", "subject"})
            exact = {"filename": ["filename"], "": ["filename", "party"]}.get(field, [])
            plain = any(text in words for name in exact for words in texts(source, name))
            return plain or any(stem(text)[0] in stem(each) for each in stemmed)
        case Words(field, text, Form.PREFIX):
            return any(word.startswith(text) for words in texts(source, field) for word in words)
        case Words(field, text, Form.PHRASE):
            return any(in_order(words, tokens(text)) for words in texts(source, field))
        case Near(first, second, distance):
            return any(
                close(words, first, second, distance)
                for field in ("text", "subject")
                for words in texts(source, field)
            )
        case Party(field, text):
            return any(each.address == text for each in source.parties if field in {"party", each.role})
        case Label(_, "attachment"):
            return source.attachments > 0
        case Label("marking", value):
            return value in source.markings
        case Label("queue", value):
            return f"queue:{value}" in source.labels
        case Measured(field, relation, amount):
            has = source.seconds if field == "duration" else source.mos
            return has >= 0 and (has > amount if relation is Relation.LARGER else has < amount)
        case Dated(relation, first, end):
            day = datetime.fromtimestamp(source.moment, LONDON).date()
            return {Relation.AFTER: day >= first, Relation.BEFORE: day < first}.get(
                relation, first <= day < end
            )
        case Sized(relation, octets):
            return source.size > octets if relation is Relation.LARGER else source.size < octets
        case _:
            raise AssertionError(node)


def close(words: list[str], first: str, second: str, distance: int) -> bool:
    firsts = [place for place, word in enumerate(words) if word == first]
    seconds = [place for place, word in enumerate(words) if word == second]
    return any(0 < abs(one - other) <= distance + 1 for one in firsts for other in seconds)


WORD = st.sampled_from(["alpha", "beta", "gamma", "delta", "refund", "refunded", "price", "list", "eve", "x"])
FIELD = st.sampled_from(["", "text", "subject", "filename"])
LEAF = st.one_of(
    st.builds(Words, FIELD, WORD),
    st.builds(Words, FIELD, st.sampled_from(["al", "ref", "be", "xl"]), st.just(Form.PREFIX)),
    st.builds(Words, FIELD, st.lists(WORD, min_size=1, max_size=3).map(" ".join), st.just(Form.PHRASE)),
    st.builds(Near, st.just("alpha"), st.sampled_from(["beta", "gamma", "delta"]), st.integers(0, 5)),
    st.builds(Party, st.sampled_from(["party", "from", "to", "bcc"]), st.sampled_from(["ann@example.com", "eve@x.org"])),
    st.just(Label("has", "attachment")),
    st.just(Label("marking", "private")),
    st.builds(lambda relation, days: Dated(relation, *days), st.sampled_from([Relation.AFTER, Relation.BEFORE, Relation.ON]),
              st.sampled_from([*pairwise((*DAYS, date(2026, 3, 31)))])),
    st.builds(Sized, st.sampled_from([Relation.LARGER, Relation.SMALLER]), st.integers(0, 60)),
    st.just(Label("queue", "sales")),
    st.builds(Measured, st.just("duration"), st.sampled_from([Relation.LARGER, Relation.SMALLER]), st.integers(0, 40)),
    st.builds(Measured, st.just("mos"), st.sampled_from([Relation.LARGER, Relation.SMALLER]), st.integers(100, 500)),
    st.just(Everything()),
)  # fmt: skip
TREE = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=8,
)


@given(TREE)
def test_every_tree_finds_what_a_plain_reading_finds(index, tree: Node) -> None:
    assert found(index, tree) == {each.sequence for each in CORPUS if fits(tree, each)}, write(tree)
    assert re.sub(r"\s", "", write(tree))


def test_a_number_without_a_country_is_of_the_organisation_s(tmp_path: Path) -> None:
    parties = (IndexParty("caller", "+35316778888", ""),)
    made = OrganisationIndex(tmp_path / "sealed", tmp_path / "memory", KEY, Here(region="IE"))
    made.take([document(0, parties=parties)], watermark=0)
    assert made.search(parse('party:"01 677 8888"'), View()).total == 1
