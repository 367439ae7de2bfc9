"""The facts of a call."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core import call_facts
from muniment.core.call_facts import CallFacts, CallParty, CallStream, MaskedSpan, NoticeEvidence
from muniment.core.errors import WrongUseError

FACTS = CallFacts(
    id="c1",
    direction="inbound",
    started=1_700_000_000_000,
    answered=1_700_000_004_000,
    ended=1_700_000_100_000,
    queue="sales",
    parties=(
        CallParty("caller", dialled="01632960000", e164="+441632960000", stream=0),
        CallParty("agent", name="Asha", extension="201", stream=1),
    ),
    streams=(CallStream(0, "1", 0, ("PCMA",), 5000, 3, 1, 0, 2.5, 4.2, 60),),
    holds=((1_700_000_010_000, 1_700_000_020_000),),
    masks=(MaskedSpan(1_700_000_030_000, 1_700_000_040_000, None, "api", "agent desktop"),),
    notice=NoticeEvidence("played", announcement="main line", version=2, language="en", score=0.91),
)


def test_it_reads_what_it_wrote_in_one_text() -> None:
    text = call_facts.encode(FACTS)
    assert call_facts.decode(text) == FACTS
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":")).encode()


def test_a_call_that_nobody_described_says_so() -> None:
    facts = CallFacts(id="c", direction="unknown", started=1, ended=2)
    assert facts.notice.state == "unknown"
    assert facts.answered == 0


@pytest.mark.parametrize("odd", [math.nan, math.inf])
def test_a_figure_that_is_no_number_is_refused(odd: float) -> None:
    stream = CallStream(0, "", None, (), 0, 0, 0, 0, odd, 0.0, 0)
    with pytest.raises(WrongUseError, match="finite"):
        call_facts.encode(CallFacts(id="c", direction="unknown", started=1, ended=2, streams=(stream,)))


@given(st.binary(max_size=80) | st.just(call_facts.encode(FACTS)[:-1]))
def test_anything_else_is_refused(text: bytes) -> None:
    with pytest.raises(WrongUseError):
        call_facts.decode(text)
