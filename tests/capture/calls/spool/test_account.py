"""A switch's account of a call becomes its facts."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.spool.account import Account, caller_id, direction, moment, seconds
from muniment.readers.calls.call import Call

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-01 10:11:12", "2026-07-01T09:11:12Z", "2026-07-01T10:11:12+01:00", "20260701-101112", "20260701101112",
        "1/7/2026 10:11:12", "1782897072", "1782897072.000", "1782897072000", "1782897072000000",
    ],
)  # fmt: skip
def test_a_moment_in_every_writing(text: str) -> None:
    assert moment(text, LONDON) == 1_782_897_072_000


@pytest.mark.parametrize("text", ["", "never", "32/1/2026 10:00", "2026-13-01", "0"])
def test_what_is_no_moment(text: str) -> None:
    assert moment(text, LONDON) == 0


@given(st.text(max_size=30))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    assert moment(text, LONDON) >= 0
    assert seconds(text) >= 0


@pytest.mark.parametrize(
    ("text", "length"),
    [("252", 252), ("4:12", 252), ("0:04:12", 252), ("PT4M12S", 252), ("252.9", 252), ("x", 0)],
)
def test_a_length_in_every_writing(text: str, length: int) -> None:
    assert seconds(text) == length


def test_names_and_numbers_of_a_caller() -> None:
    assert caller_id('"Ann Lee" <01632960001>') == ("Ann Lee", "01632960001")
    assert caller_id("201") == ("", "201")


@pytest.mark.parametrize(
    ("word", "meaning"),
    [("Incoming", "inbound"), ("OUT", "outbound"), ("internal", "internal"), ("sideways", "unknown")],
)
def test_words_for_a_direction(word: str, meaning: str) -> None:
    assert direction(word) == meaning


def test_the_words_of_a_mapping_come_first() -> None:
    assert direction("Ankommend", {"ankommend": "inbound"}) == "inbound"


@pytest.mark.parametrize(
    ("caller", "called", "heading"),
    [
        ("01632960001", "201", "inbound"),
        ("201", "01632960001", "outbound"),
        ("201", "202", "internal"),
        ("01632960001", "01632960002", "unknown"),
    ],
)
def test_extensions_are_ours_and_show_the_direction(caller: str, called: str, heading: str) -> None:
    assert Account(caller=caller, called=called).heading == heading


def test_facts_have_both_parties_and_our_extension() -> None:
    account = Account(
        call="1.2", group="1.1", started=1000, answered=5000, seconds=10, caller="01632 960001", caller_name="Bo",
        called="01632 960500", extension="201", queue="sales", direction="inbound", evidence={"b": "2", "a": "x" * 900, "c": ""},
    )  # fmt: skip
    facts = account.facts("c1")
    assert (facts.id, facts.global_id, facts.started, facts.answered, facts.ended) == (
        "c1",
        "1.1",
        1000,
        5000,
        15_000,
    )
    assert [(one.role, one.e164, one.extension) for one in facts.parties] == [
        ("caller", "+441632960001", ""), ("called", "+441632960500", ""), ("agent", "", "201"),
    ]  # fmt: skip
    assert list(facts.evidence) == ["a", "b"]
    assert len(facts.evidence["a"]) == 400


def test_nobody_answered() -> None:
    facts = Account(started=1000, answered=2000, was_answered=False).facts("c")
    assert facts.answered == 0


def test_numbers_are_of_the_region_that_is_named() -> None:
    facts = Account(caller="01 677 8888", called="201", started=1).facts("c", "IE")
    assert (facts.parties[0].e164, facts.region) == ("+35316778888", "IE")
    assert "+35316778888" in {each.address for each in Call(facts).parties}
    assert not any(each.address.startswith("+44") for each in Call(facts).parties)
