"""The recording notice in a call that is under way."""

import struct
from collections.abc import Iterator, Sequence
from concurrent.futures import wait

import numpy as np
import pytest

from muniment.capture.calls import notice
from muniment.capture.calls.notice import Listening
from muniment.core import call_container as form
from muniment.core.announcement_settings import Announcement
from muniment.core.prompts import Prompt, heard
from tests.capture.calls.client import ORGANISATION, Caller, Desk, source
from tests.capture.calls.memory_recorder import MemoryRecorder
from tests.core.test_prompts import speech
from tests.readers.calls.samples import ulaw_encoded

PROMPT = Prompt("welcome", 2, "en-GB", speech(1, 3).astype("<i2").tobytes())
KNOWN = Announcement(organisation=ORGANISATION, name="welcome", version=2, file="x")


def packets(sound: np.ndarray, stream: int = 0, late: Sequence[int] = (0,), stamp: int = 0) -> bytes:
    """One chunk of 20 ms packets of G.711, from the beginning of the call; `late` in turn, in ms."""
    coded = ulaw_encoded(sound)
    payloads = [coded[at : at + 160] for at in range(0, len(coded), 160)]
    count = len(payloads)
    body = struct.pack("<I", count)
    arrival = np.arange(0, 20 * count, 20) + np.resize(late, count)
    stamps = (stamp + np.arange(count, dtype=np.uint64) * 160) % (1 << 32)
    body += bytes(arrival.astype("<u4")) + bytes(stamps.astype("<u4"))
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
    made.sessions.prompts = {KNOWN: PROMPT}
    made.sessions._settings = made.sessions._settings.model_copy(update={"announcement": (KNOWN,)})
    return made


def wake(desk: Desk, seconds: float) -> None:
    desk.passes(seconds)
    desk.sessions.wake()
    listening = desk.sessions.listening
    assert listening is not None
    wait(listening._under_way.values(), timeout=60)  # the look is made in a thread
    desk.sessions.wake()


def test_packets_become_channels_that_begin_with_the_call() -> None:
    left, right = notice.channels([packets(speech(1, 1)), packets(speech(2, 1), 1)])
    for channel, seed in ((left, 1), (right, 2)):
        assert np.corrcoef(channel[:8000], speech(seed, 1))[0, 1] > 0.99


@pytest.mark.parametrize("stamp", [0, (1 << 32) - 4000])
def test_jitter_on_the_way_makes_no_prompt_unlike_itself(stamp: int) -> None:
    [channel] = notice.channels([packets(CALL, late=(0, 7, 19, 2, 41, 11), stamp=stamp)])
    found = heard([channel], [PROMPT], 0)
    assert found is not None
    assert found.score > 0.95


def test_a_sender_that_begins_anew_is_placed_where_it_arrives() -> None:
    first, second = packets(speech(1, 1)), packets(speech(2, 1), late=(5000,), stamp=7_000_000)
    [channel] = notice.channels([first, second])
    assert np.corrcoef(channel[40_000:48_000], speech(2, 1))[0, 1] > 0.99
    assert not channel[9000:39_000].any()


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


def test_a_call_that_cannot_be_read_claims_nothing() -> None:
    class Deaf:
        def taken(self, call: str) -> Iterator[bytes]:
            raise OSError(call)

    listening = Listening(Deaf())
    for now in (3_000, 6_000):
        assert listening.look("call_1", (PROMPT,), 0, now) is None
        wait(listening._under_way.values(), timeout=60)
    listening.forget("call_1")
    listening.stop()


@pytest.mark.parametrize("wrong", [{"notice": "none"}, {"no_notice": "switch-cannot"}])
def test_a_reason_belongs_to_no_notice(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no_notice"):
        source(**wrong)
