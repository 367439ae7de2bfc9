"""Scores move as they must."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.rtp.quality import mos


def test_the_ends_of_the_scale() -> None:
    assert mos("PCMU", 1000, 0, 0.0) == 4.41  # the E-model's own value for its defaults
    assert mos("G729", 1000, 0, 0.0) < mos("PCMU", 1000, 0, 0.0)
    assert mos("PCMU", 0, 0, 0.0) == 0.0
    assert mos("PCMU", 1, 1000, 1.0) == 1.0


@given(
    st.integers(1, 10**6),
    st.integers(0, 10**5),
    st.floats(0, 1),
    st.sampled_from(["PCMU", "opus", "G729", "x"]),
)
def test_more_loss_and_more_jitter_never_sound_better(
    packets: int, lost: int, jitter: float, codec: str
) -> None:
    score = mos(codec, packets, lost, jitter)
    assert 1.0 <= score <= 4.5
    assert mos(codec, packets, lost + packets // 10, jitter) <= score
    assert mos(codec, packets, lost, jitter + 0.02) <= score
