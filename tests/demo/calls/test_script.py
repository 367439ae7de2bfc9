"""The calls of the demo: understood, spoken by people who exist, and at the time of their mails."""

import re
from datetime import date, timedelta

import pytest

from muniment.core.errors import WrongUseError
from muniment.demo.calls import script
from muniment.demo.calls.script import Call
from muniment.demo.corpus import working_time
from muniment.demo.corpus.generate import DemoMail
from tests.demo.conftest import LAST

CALLS = script.load().call
PAST = [call for call in CALLS if not call.live]


def test_there_are_a_dozen_and_one_that_nobody_recorded() -> None:
    assert len([call for call in CALLS if call.says]) >= 12
    assert [call.key for call in CALLS if not call.says] == ["not_recorded"]
    assert {call.direction for call in CALLS} == {"inbound", "outbound", "internal"}
    acts = {act for call in CALLS for act, _ in call.turns}
    assert acts >= {"notice", "quiet", "loud", "hold", "transfer", "gone"}
    assert "voicemail" in {call.channel for call in CALLS}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.key)
def test_everybody_who_speaks_has_a_telephone_and_a_voice(call: Call) -> None:
    caller, called = script.phone(call.caller), script.phone(call.called)
    assert caller.dialled
    assert called.dialled
    ours = bool(caller.extension), bool(called.extension)
    assert (
        ours
        == {"inbound": (False, True), "outbound": (True, False), "internal": (True, True)}[call.direction]
    )
    speakers = {call.caller} | ({call.called} if call.says else set())
    speakers |= {about for act, about in call.turns if act == "transfer"}
    assert speakers - set(script.load().voices) <= (set() if call.says else {call.caller})


def test_only_live_calls_do_what_a_file_cannot() -> None:
    for call in PAST:
        assert {act for act, _ in call.turns} <= {"notice", "caller", "called"}
        assert call.key != "declined"


@pytest.mark.parametrize("call", PAST, ids=lambda call: call.key)
def test_a_call_has_the_notice_that_was_played_on_its_day(call: Call, mails: list[DemoMail]) -> None:
    ago = (LAST - script.began(call, mails, LAST).date()).days
    for notice in [script.load().played(about) for act, about in call.turns if act == "notice"]:
        of_language = [each.days for each in script.load().notice if each.language == notice.language]
        assert notice.days == min(days for days in of_language if days >= ago)
        assert not notice.queues or call.queue in notice.queues


@pytest.mark.parametrize("call", PAST, ids=lambda call: call.key)
def test_the_past_lies_before_today_in_the_same_story(call: Call, mails: list[DemoMail]) -> None:
    began = script.began(call, mails, LAST)
    assert began.date() < LAST
    assert 8 <= began.astimezone(working_time.LONDON).hour < 19
    if call.when.startswith("mail:"):
        subject = call.when.split(":")[1]
        assert any(
            subject.encode() in mail.data and abs(mail.date - began) < timedelta(days=8) for mail in mails
        )


def test_a_mail_that_does_not_exist_is_named(mails: list[DemoMail]) -> None:
    with pytest.raises(WrongUseError, match="No such thing"):
        script.began(Call("x", "mail:No such thing:5", "inbound", "a", "b", ""), mails, LAST)


def test_a_line_that_is_not_understood_is_named() -> None:
    with pytest.raises(WrongUseError, match="sings"):
        _ = Call("x", "live", "inbound", "a", "b", "caller sings").turns


def test_yesterday_is_the_last_working_day() -> None:
    call = Call("x", "day:-1 09:12", "inbound", "a", "b", "")
    assert script.began(call, [], date(2026, 6, 29)).date() == date(2026, 6, 26)  # Monday, Friday


def test_no_card_number_is_in_anything_that_is_kept() -> None:
    digits = re.compile(r"(zero|one|two|three|four|five|six|seven|eight|nine)\b", re.IGNORECASE)
    [card] = [call for call in CALLS if call.key == "card"]
    quiet = False
    for act, words in card.turns:
        quiet = act == "quiet" or (quiet and act != "loud")
        assert quiet or len(digits.findall(words)) < 8
