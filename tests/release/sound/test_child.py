"""What the child answers; hostile bytes come to words, never to a fall."""

import io
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core import confinement
from muniment.release.sound import child
from muniment.release.sound.messages import Covered, Described, Drawn, Heard, Task, Unreadable
from tests.readers.calls.samples import TONE_A, a_call, loudness, pitch


def answered(task: Task, data: bytes) -> object:
    return child.answer(task, lambda offset, length: data[offset : offset + length])


def task(deed: str, data: bytes, **how: object) -> Task:
    return Task(**{"deed": deed, "form": "siprec", "size": len(data), **how})  # type: ignore[arg-type]


CALL = a_call(5)


def test_it_describes_and_hears() -> None:
    assert answered(task("describe", CALL), CALL) == Described(8000, 2, 5000)
    heard = answered(task("hear", CALL, start=1000, end=2000), CALL)
    assert isinstance(heard, Heard)
    rows = np.frombuffer(heard.data, "<i2").reshape(-1, 2)
    assert pitch(rows[:, 0], 8000) == pytest.approx(TONE_A, abs=2)


def test_peaks_are_as_many_as_asked_for() -> None:
    drawn = answered(task("peaks", CALL, rate=10_000), CALL)
    assert isinstance(drawn, Drawn)
    assert [len(one) for one in drawn.channels] == [100, 100]  # 5 s, ten a second, lowest and highest
    assert max(memoryview(drawn.channels[0]).cast("b")) == pytest.approx(62, abs=2)


def test_opus_is_as_long_and_has_no_sound_under_a_cover() -> None:
    covers = (Covered(1000, 3000, 0, beep=False), Covered(0, 5000, 1, beep=False))
    heard = answered(task("opus", CALL, covers=covers), CALL)
    assert isinstance(heard, Heard)
    samples, rate = soundfile.read(io.BytesIO(heard.data), dtype="int16")
    assert len(samples) / rate == pytest.approx(5, abs=0.05)
    assert pitch(samples[: rate // 2, 0], rate) == pytest.approx(TONE_A, abs=4)
    assert loudness(samples[int(1.1 * rate) : int(2.9 * rate), 0]) < 2
    assert loudness(samples[:, 1]) < 20  # what the encoder lets over from the other side
    assert heard == answered(task("opus", CALL, covers=covers), CALL)  # bit by bit


def test_whatever_was_said_under_a_cover_the_copy_is_the_same_bit_by_bit() -> None:
    def other_words(number: int, packets: list) -> list:
        return [replace(one, payload=one.payload[::-1]) if number else one for one in packets]

    covers = (Covered(0, 5000, 1, beep=False),)
    other = a_call(5, change=other_words)
    assert other != CALL
    assert answered(task("opus", CALL, covers=covers), CALL) == answered(
        task("opus", other, covers=covers), other
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_recordings_come_to_words(data: st.DataObject) -> None:
    damaged = bytearray(CALL)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(CALL) - 1))] = data.draw(st.integers(0, 255))
    damaged = damaged[: data.draw(st.integers(0, len(CALL)))]
    deed = data.draw(st.sampled_from(["describe", "hear", "peaks"]))
    found = answered(task(deed, bytes(damaged), start=1000, end=2000, rate=1000), bytes(damaged))
    assert isinstance(found, Described | Heard | Drawn | Unreadable)


@pytest.mark.skipif(not confinement.possible(), reason="this machine has neither Landlock nor seccomp")
def test_the_walls_stand_around_it() -> None:
    said = subprocess.run(
        [sys.executable, "-c", WALLED], check=True, capture_output=True, text=True,
        env={"PYTHONPATH": ":".join(sys.path), "OPENBLAS_NUM_THREADS": "1"},
    ).stdout.split()  # fmt: skip
    assert said[0] == ",".join(confinement.possible())
    assert said[1:] == ["1", "refused", "refused", "heard"]


WALLED = """
import os, socket
from muniment.release.sound import child
from muniment.release.sound.messages import Task
from tests.readers.calls.samples import a_call
threads = len(os.listdir('/proc/self/task'))
data = a_call(1)
print(','.join(child.confine()), threads)
for deed in (lambda: open('/etc/hostname'), lambda: socket.socket()):
    try:
        deed()
        print('allowed')
    except OSError:
        print('refused')
found = child.answer(Task('hear', 'siprec', len(data), end=500), lambda at, size: data[at : at + size])
print('heard' if len(found.data) == 16_000 else found)
"""


LOADING = """
from muniment.release.sound.child import confine
from muniment.readers.calls import libraries
confine()
lengths = []
for name, frame in (("amr", bytes((0x7C,))), ("amr-wb", bytes((0x7C,))), ("g729", bytes(10))):
    with libraries.frames(name) as next_frame:
        lengths.append(len(next_frame(frame, False)))
print(*lengths)
"""


@pytest.mark.needs("libopencore-amrnb.so.0", "libopencore-amrwb.so.0", "libbcg729.so.0")
def test_libraries_of_the_machine_are_loaded_where_nothing_else_can_be_read() -> None:
    done = subprocess.run([sys.executable, "-c", LOADING], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("160 320 80", 0), done.stderr
