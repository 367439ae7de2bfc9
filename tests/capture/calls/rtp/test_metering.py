"""Jitter of batches is that of RFC 3550 appendix A.8, packet by packet."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.rtp.metering import meter
from muniment.capture.calls.rtp.table import Table


@given(st.lists(st.integers(0, 90_000), min_size=2, max_size=60), st.integers(1, 59))
def test_however_the_packets_are_divided(late: list[int], cut: int) -> None:
    table, row = Table(), 3
    table.forget(row)
    stamps = np.arange(len(late)) * 160
    arrived = np.array([1_800_000_000_000_000 + at * 20_000 + by for at, by in enumerate(late)])
    for part in (slice(0, cut), slice(cut, None)):
        count = len(stamps[part])
        if count:
            numbers = np.arange(len(late))[part]
            meter(table, np.full(count, row), arrived[part], stamps[part], numbers, np.full(count, 8000.0))
    jitter = 0.0
    for before, after in pairwise(late):
        jitter += (abs(after - before) / 1e6 - jitter) / 16
    assert table.jitter[row] == pytest.approx(jitter, abs=2e-6)
    assert table.frame[row] in {0, 160}


def test_streams_of_one_batch_do_not_touch_each_other() -> None:
    table = Table()
    for row in (1, 2):
        table.forget(row)
    rows = np.array([1, 1, 1, 2, 2, 2])
    arrived = np.array([0, 20_000, 40_000, 0, 50_000, 60_000]) + 1_800_000_000_000_000
    stamps = np.array([0, 160, 320, 0, 160, 320])
    meter(table, rows, arrived, stamps, np.array([1, 2, 3, 1, 2, 4]), np.full(6, 8000.0))
    assert table.jitter[1] == pytest.approx(0.0, abs=1e-6)
    assert table.jitter[2] > 0.001
    assert table.frame[[1, 2]].tolist() == [160, 160]
