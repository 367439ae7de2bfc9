"""A file of samples that is made as far as it is asked for."""

import io

import numpy as np
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from muniment.release.sound.ranges import Stretch
from muniment.release.sound.wave import HEAD, WINDOW, Wave

FILE = Wave(8000, 2, 25_400)


def window(number: int) -> bytes:
    """The number of each sample within the file, so that a wrong place shows."""
    first = number * WINDOW * 8
    count = len(FILE.fitted(number, bytes(10**7))) // 2
    return (np.arange(count) + 2 * first).astype("<i2").tobytes()


def whole() -> bytes:
    return b"".join(FILE.pieces(Stretch(0, FILE.size - 1), window))


def test_a_program_reads_it_as_a_file() -> None:
    samples, rate = soundfile.read(io.BytesIO(whole()), dtype="int16")
    assert (rate, samples.shape) == (8000, (25_400 * 8, 2))
    assert samples[12_345].tolist() == [24_690, 24_691]
    assert len(whole()) == FILE.size == HEAD + 25_400 * 8 * 4


@given(st.data())
def test_any_stretch_is_the_same_bytes(data: st.DataObject) -> None:
    first = data.draw(st.integers(0, FILE.size - 1))
    last = data.draw(st.integers(first, min(first + 700_000, FILE.size - 1)))
    found = b"".join(FILE.pieces(Stretch(first, last), window))
    assert found == WHOLE[first : last + 1]


def test_windows_that_are_not_asked_for_are_not_made() -> None:
    made: list[int] = []

    def counted(number: int) -> bytes:
        made.append(number)
        return window(number)

    list(FILE.pieces(Stretch(HEAD + FILE.window_bytes, HEAD + FILE.window_bytes + 9), counted))
    list(FILE.pieces(Stretch(0, HEAD - 1), counted))
    assert made == [1]


def test_a_window_that_came_out_short_is_filled_with_silence_and_a_long_one_is_cut() -> None:
    assert FILE.fitted(0, b"ab") == b"ab" + bytes(FILE.window_bytes - 2)
    assert len(FILE.fitted(2, bytes(10**6))) == FILE.sound_bytes - 2 * FILE.window_bytes
    assert [FILE.span(number) for number in (0, 2)] == [(0, 10_000), (20_000, 25_400)]


def test_a_file_that_ends_early_ends_the_answer() -> None:
    assert list(FILE.pieces(Stretch(HEAD, HEAD + 99), lambda _: b"")) == []


def test_a_day_of_sound_still_has_a_head() -> None:
    long = Wave(16_000, 2, 48 * 3600 * 1000)
    assert long.size < 2**32
    assert len(long.head()) == HEAD


WHOLE = whole()
