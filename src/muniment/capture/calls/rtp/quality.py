"""How a stream probably sounded: a mean opinion score from loss and jitter.

The E-model of ITU-T G.107 with everything at its default but the effective equipment impairment:
R = 93.2 - Ie_eff, Ie_eff = Ie + (95 - Ie) * Ppl / (Ppl + Bpl), with Ie and Bpl of ITU-T G.113 appendix I where
it has the codec, and random loss. Delay between the speakers cannot be seen from a recorder and counts as
none; jitter counts where a buffer of 60 ms would not hold it, as further loss.
"""

from types import MappingProxyType
from typing import NamedTuple

BEST = 93.2
BUFFER = 0.060  # seconds
LATE = 1.0  # per cent of packets for each millisecond of jitter beyond a third of the buffer


class _Impairment(NamedTuple):
    base: float
    robustness: float


_CODECS = MappingProxyType(
    {
        "PCMU": _Impairment(0, 4.3),
        "PCMA": _Impairment(0, 4.3),
        "G722": _Impairment(0, 4.3),
        "G729": _Impairment(11, 19.0),
        "G723": _Impairment(15, 16.1),
        "GSM": _Impairment(20, 10.0),
        "AMR": _Impairment(5, 10.0),
        "AMR-WB": _Impairment(0, 10.0),
        "OPUS": _Impairment(0, 17.0),
    }
)
_OTHER = _Impairment(5, 10.0)


def mos(codec: str, packets: int, lost: int, jitter: float) -> float:
    """The score from 1 to 4.5 (0 where no packet came); `jitter` in seconds."""
    if packets <= 0:
        return 0.0
    base, robustness = _CODECS.get(codec.upper(), _OTHER)
    late = max(0.0, jitter - BUFFER / 3) * 1000 * LATE
    loss = min(100.0, 100 * max(lost, 0) / (packets + max(lost, 0)) + late)
    rating = BEST - (base + (95 - base) * loss / (loss + robustness))
    if rating <= 0:
        return 1.0
    return max(1.0, round(1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6, 2))
