"""Packets on the time line: by their timestamps, and set right where clocks drift apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.readers.calls.placing import DRIFT, places

FRAME = 20  # ms


def sent(
    hours: float, skew: float, seed: int = 1, jitter: float = 8.0, first: int = 0
) -> tuple[np.ndarray, ...]:
    """When packets were spoken in truth (ms), when they arrived, and their timestamps by a clock that is fast by `skew`."""
    count = int(hours * 3_600_000 / FRAME)
    spoken = np.arange(count) * FRAME / (1 + skew)
    late = np.random.default_rng(seed).exponential(jitter, count)
    arrival = (spoken + 5 + late).astype(np.int64)
    return spoken, arrival, (first + np.arange(count, dtype=np.int64) * 160) % 2**32


@pytest.mark.parametrize("skew", [-100e-6, 0.0, 30e-6, 100e-6])
def test_after_two_hours_a_packet_stands_where_it_was_spoken(skew: float) -> None:
    spoken, arrival, timestamp = sent(2, skew, first=2**32 - 8000 * 600)
    found = places(arrival, timestamp, np.full(len(arrival), 8000))
    error = found - spoken
    assert np.abs(error - error[0]).max() < DRIFT + 4


def test_two_streams_that_drift_apart_stay_within_a_packet() -> None:
    pairs = [sent(3, skew, seed) for seed, skew in enumerate((100e-6, -100e-6))]
    errors = [
        places(arrival, timestamp, np.full(len(arrival), 8000))[-1] - spoken[-1]
        for spoken, arrival, timestamp in pairs
    ]
    assert abs(errors[0] - errors[1]) < FRAME + 10  # the first packet's own delay stays in it
    assert abs(errors[0]) < FRAME + 10


@given(st.lists(st.integers(0, 400), min_size=1, max_size=200), st.integers(0, 2**32 - 1))
def test_late_packets_of_a_short_stretch_move_nothing(late: list[int], first: int) -> None:
    count = len(late)
    arrival = np.arange(count) * FRAME + np.array([0, *late[1:]])
    timestamp = (first + np.arange(count, dtype=np.int64) * 160) % 2**32
    assert places(arrival, timestamp, np.full(count, 8000)) == pytest.approx(np.arange(count) * FRAME)


def test_a_jump_begins_a_run_where_it_arrived() -> None:
    arrival = np.array([0, 20, 40, 60, 80])
    timestamp = np.array([0, 160, 320, 900_000, 900_160])
    assert places(arrival, timestamp, np.full(5, 8000)).tolist() == [0, 20, 40, 60, 80]
