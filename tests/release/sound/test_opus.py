"""The same sound is the same file."""

import io

import pytest
import soundfile

from muniment.readers.calls import CallUnreadableError
from muniment.release.sound.opus import settled
from tests.readers.calls.samples import TONE_A, pitch, tone


def encoded() -> bytes:
    file = io.BytesIO()
    soundfile.write(file, tone(TONE_A, 3), 8000, format="OGG", subtype="OPUS")
    return file.getvalue()


def test_two_encodings_of_one_sound_are_one_file_that_is_read() -> None:
    first, second = encoded(), encoded()
    assert first != second  # a serial number drawn at random
    assert settled(first) == settled(second)
    samples, rate = soundfile.read(io.BytesIO(settled(first)), dtype="int16")
    assert pitch(samples, rate) == pytest.approx(TONE_A, abs=2)


def test_a_page_that_was_not_changed_has_the_sum_that_the_encoder_gave_it() -> None:
    settled_once = settled(encoded())
    assert settled(settled_once) == settled_once


def test_what_is_no_ogg_file_is_refused() -> None:
    with pytest.raises(CallUnreadableError):
        settled(b"RIFF" + bytes(40))
