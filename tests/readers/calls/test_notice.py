"""The notice proved from a recording itself."""

import numpy as np

from muniment.core.call_facts import NoticeEvidence
from muniment.core.prompts import Prompt
from muniment.readers.calls import Call
from muniment.readers.calls.notice import with_notice
from tests.core.test_prompts import speech
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
