"""Which expected call was recorded, in part, or not, and why."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.assurance.matching import (
    Expected,
    Known,
    Matching,
    Recorded,
    Rules,
    match,
    united,
    whole,
)
from tests.core.test_rule_settings import rule

T = 1_772_359_200_000  # ms since 1970


def call(place: str = "a#0", at: int = T, **changes: object) -> Expected:
    """An answered call of a minute between an extension and an outsider."""
    fields: dict[str, object] = {
        "started": at, "answered": at + 5_000, "ended": at + 65_000, "addresses": frozenset({"ext:201", "+441632960001"}),
        "lines": frozenset({"201"}), "names": frozenset({f"name {place}"}),
    }  # fmt: skip
    return Expected(place, **{**fields, **changes})  # type: ignore[arg-type]


def sound(record: str = "rec_a", at: int = T + 5_000, **changes: object) -> Recorded:
    """Its recording, under no name that the switch knows."""
    fields: dict[str, object] = {
        "started": at, "ended": at + 60_000, "length_ms": 60_000, "addresses": frozenset({"+441632960001", "ext:201"}), "packets": 6000,
    }  # fmt: skip
    return Recorded(record, **{**fields, **changes})  # type: ignore[arg-type]


def only(matching: Matching) -> tuple[str, tuple[str, ...], str]:
    (verdict,) = matching.verdicts
    return verdict.outcome, tuple(verdict.reasons), verdict.record


def test_a_name_decides_before_who_and_when() -> None:
    named = sound("rec_b", at=T + 90_000, names=frozenset({"name a#0"}), addresses=frozenset({"ext:999"}))
    found = match([call()], [sound(), named])
    assert only(found) == ("recorded", (), "rec_b")
    assert found.unexplained == ("rec_a",)


def test_who_and_when_decide_where_no_name_does() -> None:
    assert only(match([call()], [sound()])) == ("recorded", (), "rec_a")
    assert only(match([call()], [sound(at=T + 200_000)]))[0] == "not-recorded"
    assert only(match([call()], [sound(addresses=frozenset({"ext:305"}))]))[0] == "not-recorded"
    assert only(match([call()], [sound(at=T + 200_000)], Rules(window_ms=300_000)))[0] == "recorded"


def test_a_recording_rule_explains_a_call_as_it_is_set_or_as_the_ledger_says() -> None:
    rules = Rules(organisation="org_a", recording=(rule(directions=("inbound",)),))
    inbound = call(direction="inbound", queue="sales", source="pbx")
    assert only(match([inbound], [], rules)) == ("not-expected", ("by-rule",), "")
    (verdict,) = match([inbound], [], rules).verdicts
    assert verdict.note == "council"
    assert only(match([call(direction="outbound")], [], rules))[0] == "not-recorded"
    said = Known(declined=(T + 1_000,), ruled=((T + 1_000, "earlier"),))
    (verdict,) = match([call(direction="outbound")], [], rules, said).verdicts
    assert (verdict.reasons, verdict.note) == (("by-rule",), "earlier")
    assert only(match([inbound], [sound()], rules)) == ("recorded", (), "rec_a"), "what is there is there"


def test_two_recordings_of_one_call_are_one_and_neither_is_unexplained() -> None:
    halves = [
        sound("rec_a", length_ms=30_000, parts=("rec_b",)),
        sound("rec_b", at=T + 35_000, length_ms=30_000),
    ]
    found = match([call()], halves)
    assert only(found) == ("recorded", (), "rec_a")
    assert found.verdicts[0].further == ("rec_b",)
    assert found.unexplained == ()
    assert match([], halves).unexplained == ("rec_a",), "without an account it is one call that none explains"


def test_who_records_the_same_minute_twice_has_not_recorded_two() -> None:
    twice = [sound("rec_a", parts=("rec_b",)), sound("rec_b", parts=("rec_a", "rec_gone"))]
    (one,) = whole(twice)
    assert (one.record, one.length_ms, one.packets, one.parts) == ("rec_a", 60_000, 12_000, ("rec_b",))
    assert whole([sound("rec_a")]) == [sound("rec_a")]


def test_accounts_that_share_a_name_are_one_call() -> None:
    legs = [
        call("a#0", names=frozenset({"one", "group"}), was_answered=False, answered=0),
        call("a#1", at=T + 9_000, names=frozenset({"two", "group"})),
        call("b#0", names=frozenset({"two"}), addresses=frozenset({"ext:300"})),
    ]
    (whole,) = united(legs)
    assert whole.was_answered
    assert (whole.started, whole.ended) == (T, T + 74_000)
    assert whole.addresses == {"ext:201", "+441632960001", "ext:300"}


def test_further_recordings_of_one_call_are_its_parts_and_not_unexplained() -> None:
    some = [sound(f"rec_{n}", names=frozenset({"name a#0"}), length_ms=n * 1000) for n in (10, 60, 30)]
    (verdict,) = match([call()], some).verdicts
    assert (verdict.record, sorted(verdict.further)) == ("rec_60", ["rec_10", "rec_30"])
    assert match([call()], some).unexplained == ()


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"length_ms": 50_000}, ("shorter",)),
        ({"lost": 200}, ("packets-lost",)),
        ({"masked_ms": 4_000}, ("masked",)),
        ({"length_ms": 56_000, "lost": 20}, ()),
    ],
)
def test_what_is_missing_of_a_recording_is_named(changes: dict[str, Any], reasons: tuple[str, ...]) -> None:
    outcome, found, _ = only(match([call()], [sound(**changes)]))
    assert (outcome, found) == ("partly" if reasons else "recorded", reasons)


def test_a_call_without_a_recording_gets_the_best_known_reason() -> None:
    away = Known(down=((T - 1, T + 10_000),), declined=(T + 8_000,))
    ruled = Rules(not_configured={"201": "personal-line"})
    assert only(match([call(was_answered=False)], [], ruled, away))[:2] == ("not-expected", ("not-answered",))
    (verdict,) = match([call()], [], ruled, away).verdicts
    assert (verdict.outcome, verdict.reasons, verdict.note) == (
        "not-expected",
        ("not-configured",),
        "personal-line",
    )
    assert only(match([call()], [], known=away))[:2] == ("not-expected", ("declined",))
    assert only(match([call()], [], known=Known(down=away.down)))[:2] == ("not-recorded", ("source-down",))
    assert only(match([call()], []))[:2] == ("not-recorded", ("unknown",))


def test_one_word_of_the_ledger_explains_one_call() -> None:
    found = match([call("a#0"), call("a#1", at=T + 1_000)], [], known=Known(declined=(T + 8_000,)))
    assert sorted(each.outcome for each in found.verdicts) == ["not-expected", "not-recorded"]


_names = st.frozensets(st.sampled_from(["n1", "n2", "n3", "n4"]), max_size=2)
_people = st.frozensets(st.sampled_from(["ext:1", "ext:2", "+1", "+2"]), max_size=2)
_times = st.integers(T, T + 400_000)


@st.composite
def _sides(draw: st.DrawFn) -> tuple[list[Expected], list[Recorded]]:
    calls = [
        Expected(f"a#{n}", draw(_names), at, at, at + 10_000, draw(_people), draw(st.booleans()))
        for n, at in enumerate(draw(st.lists(_times, max_size=7)))
    ]
    sounds = [
        Recorded(f"rec_{n}", draw(_names), at, at + 9_000, draw(st.integers(0, 12_000)), draw(_people), 10, draw(st.integers(0, 3)))
        for n, at in enumerate(draw(st.lists(_times, max_size=7)))
    ]  # fmt: skip
    return calls, sounds


@given(_sides(), st.randoms(use_true_random=False))
def test_nobody_is_matched_twice_or_forgotten_whatever_the_order(
    sides: tuple[list[Expected], list[Recorded]], chance: random.Random
) -> None:
    calls, sounds = sides
    found = match(calls, sounds)
    used = [one.record for one in found.verdicts if one.record] + [
        r for one in found.verdicts for r in one.further
    ]
    assert len(used) == len(set(used))
    assert sorted([*used, *found.unexplained]) == sorted(one.record for one in sounds)
    assert [one.call for one in found.verdicts] == united(calls)
    for one in found.verdicts:
        assert bool(one.record) == (one.outcome in {"recorded", "partly"})
        assert bool(one.reasons) == (one.outcome != "recorded")
    by_record = {one.record: one for one in sounds}
    bearing = {name for one in found.verdicts for name in one.call.names}
    assert not any(by_record[record].names & bearing for record in found.unexplained)
    chance.shuffle(calls)
    chance.shuffle(sounds)
    assert match(calls, sounds) == found
