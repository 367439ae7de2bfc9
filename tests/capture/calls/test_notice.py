"""The recording notice in a call that is under way."""

import struct
from collections.abc import Iterator
from concurrent import futures
from datetime import date

import numpy as np
import pytest

from muniment.capture.calls import notice
from muniment.capture.calls.control import TakeAnnouncements, Told
from muniment.capture.calls.notice import Listening
from muniment.core import call_container as form
from muniment.core.announcement_settings import Announcement
from muniment.core.prompts import Prompt
from tests.capture.calls.client import ORGANISATION, Caller, Desk, source
from tests.capture.calls.memory_recorder import MemoryRecorder
from tests.core.test_prompts import speech
from tests.installations import until
from tests.readers.calls.samples import ulaw_encoded

PROMPT = Prompt("welcome", 2, "en-GB", speech(1, 3).astype("<i2").tobytes())
KNOWN = Announcement(organisation=ORGANISATION, name="welcome", version=2, file="x")


def packets(sound: np.ndarray, stream: int = 0, stamp: int = 0, late: int = 0) -> bytes:
    """One chunk of 20 ms packets of G.711, from the beginning of the call; every tenth arrives `late` ms after."""
    coded = ulaw_encoded(sound)
    payloads = [coded[at : at + 160] for at in range(0, len(coded), 160)]
    count = len(payloads)
    body = struct.pack("<I", count)
    arrivals = np.arange(0, 20 * count, 20, dtype="<u4")
    arrivals[9::10] += late
    stamps = (stamp + 160 * np.arange(count, dtype=np.int64)) % 2**32
    body += arrivals.tobytes() + stamps.astype("<u4").tobytes()
    body += (
        np.arange(count, dtype="<u2").tobytes()
        + bytes(count)
        + np.array([len(p) for p in payloads], "<u2").tobytes()
    )
    body += b"".join(payloads)
    return form.CHUNK.pack(form.ChunkType.PACKETS, 0, stream, len(body)) + body


CALL = np.concatenate([speech(3, 1), speech(1, 3), speech(4, 2)])


class Audible(MemoryRecorder):
    """A recorder that gives back what a test has put into its calls."""

    sound: np.ndarray = CALL

    def taken(self, call: str) -> Iterator[bytes]:
        assert call in self.open
        yield packets(speech(9, 6), 1)
        yield packets(self.sound)


def desk(sound: np.ndarray = CALL) -> Desk:
    recorder = Audible()
    recorder.sound = sound
    made = Desk((source(notice="in-call", notice_seconds=20),), recorder=recorder)
    made.sessions.settling.prompts = {KNOWN: PROMPT}
    return made


def wake(desk: Desk, seconds: float) -> None:
    desk.passes(seconds)
    desk.sessions.wake()
    assert desk.sessions.settling.listening is not None
    futures.wait(
        list(desk.sessions.settling.listening._under_way.values()), 60
    )  # the look is made in a thread
    desk.sessions.wake()


def test_packets_become_channels_that_begin_with_the_call() -> None:
    left, right = notice.channels([packets(speech(1, 1)), packets(speech(2, 1), 1)])
    for channel, seed in ((left, 1), (right, 2)):
        assert np.corrcoef(channel[:8000], speech(seed, 1))[0, 1] > 0.99


def test_a_network_that_hesitates_tears_no_word_apart_and_a_stamp_may_wrap() -> None:
    (heard,) = notice.channels([packets(speech(1, 2), stamp=2**32 - 4_000, late=300)])
    assert np.corrcoef(heard[:16000], speech(1, 2))[0, 1] > 0.99


def test_where_the_stamps_jump_packets_stand_where_they_arrived() -> None:
    first, second = (
        packets(speech(1, 1)),
        packets(np.concatenate([np.zeros(16000, np.int16), speech(2, 1)]).astype(np.int16), stamp=10**9),
    )
    (heard,) = notice.channels([first, second])
    assert np.corrcoef(heard[16000:24000], speech(2, 1))[0, 1] > 0.99


def test_a_call_is_kept_when_its_notice_has_ended_and_says_which_it_was() -> None:
    made = desk()
    caller = Caller(made)
    caller.opens()
    wake(made, 3)
    assert made.recorder.kept == []
    wake(made, 3)
    assert len(made.recorder.kept) == 1
    caller.bye()
    found = made.recorder.facts.notice
    assert (found.state, found.announcement, found.version) == ("played", "welcome", 2)
    assert found.score > 0.8


def test_hanging_up_in_the_notice_keeps_nothing() -> None:
    made = desk()
    caller = Caller(made)
    caller.opens()
    wake(made, 3)
    caller.bye()
    assert list(made.recorder.discarded.values()) == ["ended before the notice did"]


def test_where_none_is_heard_the_call_is_kept_after_the_longest_wait_and_nothing_is_claimed() -> None:
    made = desk(speech(8, 6))
    caller = Caller(made)
    caller.opens()
    wake(made, 10)
    assert made.recorder.kept == []
    wake(made, 11)
    assert len(made.recorder.kept) == 1
    caller.bye()
    assert made.recorder.facts.notice.state == "unknown"


def test_why_no_notice_is_given_stands_in_the_call() -> None:
    made = Desk((source(notice="none", no_notice="switch-cannot"),))
    caller = Caller(made)
    caller.opens()
    caller.bye()
    assert (made.recorder.facts.notice.state, made.recorder.facts.notice.reason) == (
        "not-feasible",
        "switch-cannot",
    )


def test_what_is_published_while_a_call_goes_on_is_listened_for_in_it() -> None:
    made = desk()
    made.sessions.settling.prompts = {}
    caller = Caller(made)
    caller.opens()
    wake(made, 3)
    told = Told("welcome", 2, "en-GB", (), (), ("201",), date(1970, 1, 1), None, PROMPT.samples)
    for organisation in ("org_other", ORGANISATION):
        assert made.sessions.settling.announce(TakeAnnouncements(organisation, "now", (told,))).done
    assert made.sessions.settling.announced == {"org_other": "now", ORGANISATION: "now"}
    made.passes(4)
    (call,) = made.sessions.calls.values()

    def heard() -> bool:
        made.sessions.wake()
        return call.account.notice.state == "played"

    until(heard, seconds=60)
    assert call.account.notice.announcement == "welcome"


def test_a_call_that_cannot_be_read_claims_nothing() -> None:
    class Deaf:
        def taken(self, call: str) -> Iterator[bytes]:
            raise OSError(call)

    listening = Listening(Deaf())
    for now in (3_000, 6_000):
        assert listening.look("call_1", (PROMPT,), 0, now) is None
        futures.wait(listening._under_way.values(), timeout=60)
    listening.forget("call_1")
    listening.stop()


@pytest.mark.parametrize("wrong", [{"notice": "none"}, {"no_notice": "switch-cannot"}])
def test_a_reason_belongs_to_no_notice(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no_notice"):
        source(**wrong)
