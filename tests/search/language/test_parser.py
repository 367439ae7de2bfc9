"""What each way of writing means, and what each mistake is told."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.search.language.fields import FIELDS
from muniment.search.language.parser import DEEPEST, LONGEST_QUERY, MOST_CONDITIONS, parse
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
    Person,
    QueryMistakeError,
    Relation,
    Sized,
    Words,
    leaves,
)
from muniment.search.language.writing import write


def word(text: str, field: str = "") -> Words:
    return Words(field, text)


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("refund", word("refund")),
        ("refund parcel", And((word("refund"), word("parcel")))),
        ("refund AND parcel", And((word("refund"), word("parcel")))),
        ("a b OR c", Or((And((word("a"), word("b"))), word("c")))),
        ("a (b OR c)", And((word("a"), Or((word("b"), word("c")))))),
        ("-newsletter", Not(word("newsletter"))),
        ("NOT newsletter", Not(word("newsletter"))),
        ("a -(b c)", And((word("a"), Not(And((word("b"), word("c"))))))),
        ("*", Everything()),
        ("contr*", Words("", "contr", Form.PREFIX)),
        ('"charge back"', Words("", "charge back", Form.PHRASE)),
        ('"charge back"~3', Words("", "charge back", Form.PHRASE, 3)),
        ("“charge back”", Words("", "charge back", Form.PHRASE)),
        ("charge-back", word("charge-back")),
        ("10:30", word("10:30")),
        ('subject:"price list"', Words("subject", "price list", Form.PHRASE)),
        ("subject:(price OR list)", Or((word("price", "subject"), word("list", "subject")))),
        ("subject:re:", word("re:", "subject")),
        ("filename:*.xlsx", word("xlsx", "filename")),
        ("from:Ann@Example.com", Party("from", "ann@example.com")),
        ("from:<ann@example.com>", Party("from", "ann@example.com")),
        ("to:@supplier.co.uk", Party("to", "@supplier.co.uk")),
        ("to:*@supplier.co.uk", Party("to", "@supplier.co.uk")),
        ("cc:an*", Party("cc", "an", Form.PREFIX)),
        ('party:"Ann Lee"', Party("party", "ann lee", Form.PHRASE)),
        ("from:a@x.org,b@x.org", Or((Party("from", "a@x.org"), Party("from", "b@x.org")))),
        ('person:"Ann Lee"', Person("Ann Lee")),
        ("has:attachment", Label("has", "attachment")),
        ("has:attachments", Label("has", "attachment")),
        ("channel:email", Label("channel", "e-mail")),
        ("marking:private,union", Or((Label("marking", "private"), Label("marking", "union")))),
        ("after:2025-01-01", Dated(Relation.AFTER, date(2025, 1, 1), date(2025, 1, 2))),
        ("before:1/4/2025", Dated(Relation.BEFORE, date(2025, 4, 1), date(2025, 4, 2))),
        ("on:2025-02", Dated(Relation.ON, date(2025, 2, 1), date(2025, 3, 1))),
        ("on:2025", Dated(Relation.ON, date(2025, 1, 1), date(2026, 1, 1))),
        ("larger:10M", Sized(Relation.LARGER, 10 * 1024**2)),
        ("duration:>5m", Measured("duration", Relation.LARGER, 300)),
        ("duration:<4:12", Measured("duration", Relation.SMALLER, 252)),
        ("mos:<3.5", Measured("mos", Relation.SMALLER, 350)),
        ("channel:phone", Label("channel", "call")),
        ("direction:in,out", Or((Label("direction", "inbound"), Label("direction", "outbound")))),
        ('queue:"Sales  UK"', Label("queue", "sales uk")),
        ("extension:201", Label("extension", "201")),
        ('from:"01632 960001"', Party("from", "01632 960001", Form.PHRASE)),
        ("near(contract, terminate, 10)", Near("contract", "terminate", 10)),
        ("near miss", And((word("near"), word("miss")))),
        ("AND", None),
    ],
)  # fmt: skip
def test_what_is_written_is_what_is_meant(query: str, tree: Node | None) -> None:
    if tree is None:
        with pytest.raises(QueryMistakeError):
            parse(query)
    else:
        assert parse(query) == tree


def test_the_example_of_every_field_is_right() -> None:
    for field in FIELDS.values():
        assert leaves(parse(field.example))


@pytest.mark.parametrize(
    ("query", "place", "length", "says"),
    [
        ("", 0, 1, "empty"),
        ("   ", 0, 1, "empty"),
        ("refund form:ann@x.org", 7, 5, "Did you mean from:"),
        ("sender:ann", 0, 7, "Did you mean from:"),
        ("http://x.org", 0, 5, "quotation marks"),
        ("from: ann", 0, 5, "from:ann@example.com"),
        ("from:", 0, 5, "from:ann@example.com"),
        ('a "charge back', 2, 12, 'Write "charge back"'),
        ('"charge back"~', 13, 1, 'Write "charge back"~3'),
        ("charge~2", 0, 8, "after a phrase"),
        ("(a OR b", 0, 1, "not closed"),
        ("a) b", 1, 1, "closes nothing"),
        ("a OR", 4, 1, "must follow OR"),
        ("OR a", 0, 2, '"or"'),
        ("a - b", 2, 1, "without a blank"),
        ("()", 1, 1, "nothing before this bracket"),
        ("*tract", 0, 6, "Write tract*"),
        ("c*", 0, 2, "at least 2"),
        ("...", 0, 3, "no letter or digit"),
        ("after:yesteryear", 6, 10, "after:2026-01-31"),
        ("on:2025-02-30", 3, 10, "a date"),
        ("larger:huge", 7, 4, "larger:10M"),
        ("channel:fax", 8, 3, "channel:call"),
        ("marking:privat", 8, 6, "Did you mean marking:private?"),
        ("has:wings", 4, 5, "has:attachment"),
        ("from:*", 5, 1, "an address"),
        ("near(a, b)", 0, 10, "near(contract, terminate, 10)"),
        ("near(a, b c, 2)", 0, 15, "two words"),
        ("near(a, b, 999)", 0, 15, "up to 100"),
        ("subject:(a from:b)", 11, 5, "within the brackets of subject:"),
    ],
)  # fmt: skip
def test_a_mistake_names_its_place_and_the_right_form(query: str, place: int, length: int, says: str) -> None:
    with pytest.raises(QueryMistakeError) as caught:
        parse(query)
    assert (caught.value.place, caught.value.length) == (place, length)
    assert says in str(caught.value)
    assert caught.value.exit_status == 2


def test_an_endless_query_is_refused_before_it_costs_anything() -> None:
    for query in ("a " * LONGEST_QUERY, "(" * (DEEPEST + 2) + "a", "-" * (DEEPEST + 2) + "a"):
        with pytest.raises(QueryMistakeError):
            parse(query)
    with pytest.raises(QueryMistakeError, match="conditions"):
        parse("ab " * (MOST_CONDITIONS + 1))


WORD = st.text("abé1-.@", min_size=1, max_size=5)
PIECE = st.one_of(
    WORD,
    st.sampled_from(
        ["AND", "OR", "NOT", "-", "(", ")", '"', "~2", "*", ":", ",", " ", "near(", "from:", "subject:"]
    ),
    st.sampled_from([field.example for field in FIELDS.values()]),
)


@given(
    st.one_of(st.text(max_size=60), st.lists(PIECE, max_size=14).map(" ".join), st.lists(PIECE).map("".join))
)
def test_any_text_is_a_tree_or_a_mistake_within_it_and_a_tree_can_be_written(query: str) -> None:
    mistake, tree = None, None
    try:
        tree = parse(query)
    except QueryMistakeError as error:
        mistake = error
    if mistake:
        assert 0 <= mistake.place <= len(query)
        assert mistake.length >= 1
        assert mistake.remedy
    else:
        assert tree is not None
        assert parse(write(tree)) == tree
