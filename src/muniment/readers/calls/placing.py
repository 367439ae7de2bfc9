"""Where each packet stands on the call's time line, however long the call and whatever the telephone's clock.

1. Within an unbroken run of RTP timestamps a packet's place is its timestamp's, not its arrival's
   (RFC 3550 section 5.1). Where the timestamp jumps against the clock on the wall (another source, another
   codec), a new run begins at the place of its arrival.
2. No two clocks run alike: at 100 parts in a million a day is nine seconds too long. Where the
   middle delay of some seconds has drifted by `DRIFT`, what follows is set right by as much, so that streams
   stay beside one another. One late packet, or ten, move nothing.
"""

import numpy as np
from numpy.typing import NDArray

LARGEST_JUMP = 2000.0  # ms between RTP's clock and the wall's that are still one run
BLOCK = 500  # packets whose middle delay is believed: ten seconds of 20 ms
DRIFT = 8.0  # ms, so that two streams that drift apart stay within one packet of 20 ms


def places(
    arrival: NDArray[np.int64], timestamp: NDArray[np.int64], clocks: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Where each packet stands, in ms since the call began. `clocks` in hertz, of each packet's codec."""
    steps = np.diff(timestamp).astype(np.uint32).view(np.int32) / clocks[1:] * 1000.0  # signed: it may wrap
    broken = (np.abs(steps - np.diff(arrival)) > LARGEST_JUMP) | (np.diff(clocks) != 0)
    starts = np.concatenate([[0], np.flatnonzero(broken) + 1])
    whole: NDArray[np.float64] = np.concatenate([[0.0], np.cumsum(np.where(broken, 0.0, steps))])
    delays = arrival - whole
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(arrival)], strict=True):
        whole[start:end] += _settled(delays[start:end])
    return whole


def _settled(delays: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is added to the places of one run: the first packet's delay, and what the middle delay has drifted."""
    count = max(len(delays) // BLOCK, 1)  # what is left over belongs to the last block
    last = (count - 1) * BLOCK
    medians = np.median(delays[:last].reshape(count - 1, BLOCK), axis=1).tolist() if last else []
    medians.append(float(np.median(delays[last:])))
    held, chosen = 0.0, []
    for each in medians:
        drifted = each - medians[0]
        held = drifted if abs(drifted - held) >= DRIFT else held
        chosen.append(held)
    lengths = [BLOCK] * (count - 1) + [len(delays) - last]
    added: NDArray[np.float64] = delays[0] + np.repeat(np.array(chosen), lengths)
    return added
