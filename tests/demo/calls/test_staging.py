"""A call of the script as two channels."""

import numpy as np
import pytest

from muniment.core.announcements import likeness
from muniment.demo.calls import script, staging
from muniment.demo.calls.script import Call
from muniment.demo.calls.synthesis import RATE

SPOKEN = [call for call in script.load().call if call.says]


@pytest.mark.parametrize("call", SPOKEN, ids=lambda call: call.key)
def test_one_speaks_at_a_time_and_it_is_as_long_as_a_call(call: Call) -> None:
    left, right = staging.channels(staging.moments(call))
    assert len(left) == len(right)
    assert not (left.astype(bool) & right.astype(bool)).any()
    longest = 5 if call.key == "declined" else 90
    assert 3 < len(left) / RATE < longest
    if call.channel == "call" and call.key != "declined":
        assert left.any()
        assert right.any()


@pytest.mark.parametrize("call", SPOKEN, ids=lambda call: call.key)
def test_the_notice_is_heard_where_it_is_played_and_nowhere_else(call: Call) -> None:
    _, right = staging.channels(staging.moments(call))
    played = [script.load().played(about).key for act, about in call.turns if act == "notice"]
    if call.key == "declined":
        played = []
    assert [
        each.key for each in script.load().notice if likeness(right, staging.notice(each.key)).played
    ] == played


def test_acts_stand_between_what_is_said_and_whoever_takes_over_has_a_voice_of_their_own() -> None:
    [call] = [each for each in SPOKEN if each.key == "label_printer"]
    made = staging.moments(call)
    assert [each.act for each in made if each.act != "say"] == ["hold", "transfer"]
    assert sum(each.act == "say" for each in made) == 1 + sum(
        act in {"caller", "called", "notice"} for act, _ in call.turns
    )


def test_hanging_up_cuts_what_was_being_said() -> None:
    [call] = [each for each in SPOKEN if each.key == "declined"]
    last = staging.moments(call)[-1]
    assert len(last.right) == staging.PATIENCE
    assert np.array_equal(last.right, staging.notice()[: staging.PATIENCE])
