"""Jitter and packet length of whole batches (RFC 3550 section 6.4.1 and appendix A.8)."""

import numpy as np
from numpy.typing import NDArray

from muniment.capture.calls.rtp.table import Table

FORGETTING = 15 / 16  # RFC 3550 section 6.4.1
OUTLIER = 1.0  # seconds: a jump of the clock, no jitter
LONGEST_FRAME = 0.2  # seconds
_NONE = 1 << 62


def meter(
    table: Table,
    rows: NDArray[np.int64],
    arrived: NDArray[np.int64],
    timestamp: NDArray[np.int64],
    sequence: NDArray[np.int64],
    rates: NDArray[np.float64],
) -> None:
    """Take packets into the figures of their rows. Packets of one row stand together, in their order."""
    change = np.flatnonzero(rows[1:] != rows[:-1]) + 1
    starts = np.concatenate(([0], change))
    counts = np.diff(np.append(starts, len(rows)))
    each = rows[starts]
    transit = arrived / 1e6 - timestamp / rates
    before = np.empty_like(transit)
    before[1:] = transit[:-1]
    before[starts] = table.transit[each]
    moved = np.abs(transit - before)
    moved[~(moved <= OUTLIER)] = 0.0  # also where there is none before
    place = np.arange(len(rows)) - np.repeat(starts, counts)
    weight = FORGETTING ** (np.repeat(counts, counts) - 1 - place)
    jitter = table.jitter[each] * FORGETTING**counts + np.add.reduceat(moved * weight / 16, starts)
    table.jitter[each] = jitter
    table.worst[each] = np.maximum(table.worst[each], jitter)
    table.transit[each] = transit[starts + counts - 1]
    _frames(table, each, starts, timestamp, sequence, rates)


def _frames(
    table: Table,
    each: NDArray[np.int64],
    starts: NDArray[np.int64],
    timestamp: NDArray[np.int64],
    sequence: NDArray[np.int64],
    rates: NDArray[np.float64],
) -> None:
    step = np.full(len(timestamp), _NONE)
    between = (timestamp[1:] - timestamp[:-1]) & 0xFFFF_FFFF
    neighbours = ((sequence[1:] - sequence[:-1]) & 0xFFFF) == 1
    usual = neighbours & (between > 0) & (between <= rates[1:] * LONGEST_FRAME)
    step[1:][usual] = between[usual]
    step[starts] = _NONE
    least = np.minimum.reduceat(step, starts)
    known = table.frame[each]
    least = np.where(known > 0, np.minimum(known, least), least)
    table.frame[each] = np.where(least < _NONE, least, known)
