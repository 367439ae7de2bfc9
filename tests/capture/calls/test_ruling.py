"""Recording rules and lines, on calls that are under way and on recordings that come as files."""

from dataclasses import replace
from typing import Any

import pytest

from muniment.capture.calls.ruling import UNDECIDED_MS, Ruling
from muniment.core.call_facts import CallFacts, CallParty
from muniment.core.line_settings import LineSettings
from muniment.core.rule_settings import RecordingRule
from tests.capture.calls.client import METADATA, ORGANISATION, Caller, Desk, multipart, source
from tests.core.test_rule_settings import rule as given_rule

SECONDS = UNDECIDED_MS // 1000


def rule(**changes: Any) -> RecordingRule:
    return given_rule(**{"organisation": ORGANISATION, **changes})


def desk(*rules: RecordingRule, lines: tuple[LineSettings, ...] = (), **changes: object) -> Desk:
    return Desk((source(**changes),), rules=rules, lines=lines)


def test_a_call_that_a_rule_leaves_out_is_silent_at_once_and_never_kept() -> None:
    made = desk(rule())
    caller = Caller(made)
    caller.opens()
    assert ("mask", None, "rule", "council") in made.recorder.said
    made.passes(60)
    assert made.recorder.kept == []
    caller.bye()
    assert list(made.recorder.discarded.values()) == ["rule council"]
    assert made.recorder.closed == {}


def test_a_rule_that_records_stands_in_the_call() -> None:
    made = desk(rule(decision="record", category="client support", reason="to answer complaints"))
    caller = Caller(made)
    caller.opens()
    assert len(made.recorder.kept) == 1
    caller.bye()
    said = made.recorder.facts.rule
    assert said
    assert (said.name, said.category, said.decision, said.reason) == (
        "council", "client support", "record", "to answer complaints",
    )  # fmt: skip
    assert ("event", "rule") in made.recorder.said


def test_the_first_rule_that_fits_wins() -> None:
    made = desk(rule(name="exception", decision="record", numbers=("01632 960123",)), rule())
    caller = Caller(made)
    caller.opens()
    assert len(made.recorder.kept) == 1


def test_nothing_is_kept_before_a_rule_can_decide() -> None:
    made = desk(rule())
    caller = Caller(made)
    caller.opens(body=multipart(metadata=NOBODY))
    assert made.recorder.kept == []
    caller.says("INVITE", multipart())
    assert ("mask", None, "rule", "council") in made.recorder.said
    made.passes(SECONDS + 5)
    assert made.recorder.kept == []
    caller.bye()
    assert list(made.recorder.discarded.values()) == ["rule council"]


@pytest.mark.parametrize("seconds", [1, SECONDS + 2])
def test_a_call_of_which_nobody_ever_says_more_is_kept(seconds: int) -> None:
    made = desk(rule())
    caller = Caller(made)
    caller.opens(body=multipart(metadata=NOBODY))
    made.passes(seconds)
    caller.bye()
    assert len(made.recorder.kept) == 1
    assert len(made.recorder.closed) == 1


def test_a_kept_call_that_is_put_through_to_such_a_line_is_silent_from_there() -> None:
    made = desk(rule(lines=("299",)))
    caller = Caller(made)
    caller.opens()
    assert len(made.recorder.kept) == 1
    made.passes(5)
    caller.says("INVITE", multipart(metadata=METADATA.replace("sip:201@", "sip:299@")))
    made.passes(5)
    caller.bye()
    (mask,) = made.recorder.facts.masks
    assert (mask.why, mask.by) == ("rule", "council")
    assert mask.end > mask.start


LINE = LineSettings(
    organisation=ORGANISATION, name="desks", lines=("201",), staff=("page",), no_notice="emergency-line"
)


def test_a_line_says_why_no_notice_is_given_and_how_staff_know() -> None:
    made = desk(lines=(LINE,), notice="in-call", notice_seconds=20)
    caller = Caller(made)
    caller.opens()
    assert len(made.recorder.kept) == 1, "nothing is waited for"
    caller.bye()
    facts = made.recorder.facts
    assert (facts.notice.state, facts.notice.reason) == ("not-feasible", "emergency-line")
    assert facts.staff
    assert (facts.staff.line, facts.staff.manners, facts.staff.tones) == ("desks", ("page",), -1)
    assert ("event", "monitor-notice") in made.recorder.said


def test_a_recording_in_a_file_is_settled_in_the_same_way() -> None:
    facts = CallFacts(
        id="c", direction="inbound", started=1, ended=2, parties=(CallParty("agent", extension="201"),)
    )
    ruling = Ruling((rule(decision="record"),), (LINE,))
    settled = ruling.settled(facts, ORGANISATION, "pbx", "call")
    assert settled.rule
    assert settled.staff
    assert settled.notice.reason == "emergency-line"
    assert Ruling().settled(facts, ORGANISATION, "pbx", "call") == facts
    elsewhere = replace(ruling, rules=(rule(sources=("sbc",)),))
    assert not elsewhere.settled(facts, ORGANISATION, "pbx", "call").rule


NOBODY = (
    METADATA[: METADATA.index("<participant ")]
    + METADATA[METADATA.index("<stream ") : METADATA.index("<participantstreamassoc")]
    + "</recording>"
)
