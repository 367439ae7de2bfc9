"""Payload types without a map, and which are taken."""

import pytest

from muniment.capture.calls.ports import Codec
from muniment.capture.calls.sip.codecs import OFFERED, STATIC, is_sound, is_taken, registered


@pytest.mark.parametrize(
    ("name", "sound", "taken"),
    [
        ("PCMU", True, True),
        ("opus", True, True),
        ("AMR-WB", True, True),
        ("TELEPHONE-EVENT", False, True),
        ("CN", False, True),
        ("RED", False, False),
        ("TONE", False, False),
        ("H264", False, False),
    ],
)
def test_speech_and_what_comes_beside_it_is_taken_and_what_would_carry_digits_is_not(
    name: str, sound: bool, taken: bool
) -> None:
    assert (is_sound(Codec(name, 8000)), is_taken(Codec(name, 8000))) == (sound, taken)


def test_both_numbers_of_comfort_noise_are_known() -> None:
    assert STATIC[13].name == STATIC[19].name == "CN"


def test_everything_that_we_offer_we_take() -> None:
    assert all(is_taken(codec) for codec in OFFERED.values())
    assert registered("OPUS") == "opus"
    assert registered("pcmu") == "PCMU"
