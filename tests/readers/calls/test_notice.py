"""The notice proved from a recording itself."""

import numpy as np

from muniment.core.call_facts import NoticeEvidence, StaffEvidence
from muniment.core.prompts import Prompt
from muniment.readers.calls import Call
from muniment.readers.calls.notice import with_notice, with_tones
from tests.core.test_prompts import speech
from tests.core.test_staff_tones import with_beeps
from tests.readers.calls.samples import the_facts
from tests.readers.calls.test_audio import written

PROMPT = Prompt("welcome", 1, "en-GB", speech(1, 3).astype("<i2").tobytes())
UNKNOWN = Call(the_facts(notice=NoticeEvidence("unknown")))


def test_it_is_heard_in_an_audio_file() -> None:
    sound = written("WAV", "PCM_16", np.concatenate([speech(2, 1), speech(1, 3), speech(3, 1)]))
    found = with_notice(UNKNOWN, sound, (PROMPT,)).facts.notice
    assert (found.state, found.announcement) == ("played", "welcome")
    assert abs(found.at - UNKNOWN.facts.started - 1000) < 20


def test_what_is_known_stays_and_nothing_is_claimed_of_what_cannot_be_heard() -> None:
    known = Call(the_facts(notice=NoticeEvidence("not-required")))
    sound = written("WAV", "PCM_16", speech(1, 3))
    assert with_notice(known, sound, (PROMPT,)) == known
    assert with_notice(UNKNOWN, b"no sound", (PROMPT,)) == UNKNOWN
    assert with_notice(UNKNOWN, written("WAV", "PCM_16", speech(7, 5)), (PROMPT,)) == UNKNOWN


def test_a_file_that_ends_early_is_heard_as_far_as_it_goes() -> None:
    sound = written("WAV", "PCM_16", np.concatenate([speech(2, 1), speech(1, 3), speech(3, 20)]))
    found = with_notice(UNKNOWN, sound[: len(sound) // 3], (PROMPT,)).facts.notice
    assert (found.state, found.announcement) == ("played", "welcome")


def test_the_tone_by_which_staff_are_told_is_counted_once() -> None:
    told = StaffEvidence("desks", ("tone",), 1400, 10)
    call = Call(the_facts(staff=told))
    sound = written("WAV", "PCM_16", with_beeps(np.zeros(25 * 8000), 1400, 10))
    found = with_tones(call, sound)
    assert found.facts.staff
    assert found.facts.staff.tones == 3
    assert with_tones(found, b"") == found
    assert with_tones(call, b"no sound") == call
    assert with_tones(UNKNOWN, sound) == UNKNOWN
