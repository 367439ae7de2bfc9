"""How much one peer may ask for: so that a flood from one address is a trouble of that address alone."""

from collections import OrderedDict
from dataclasses import dataclass

MOST_PEERS = 10_000  # addresses remembered; the one that was quiet longest is forgotten first


@dataclass(frozen=True)
class Limits:
    """Counts. A call beyond one of them is answered 503, so that the client turns to another recorder."""

    dialogs: int = 5_000
    half_open: int = 1_000
    """Dialogs whose 2xx has no ACK yet, of all peers."""
    half_open_each: int = 250
    """The same, of one address."""
    undecided: int = 1_000
    """INVITEs that wait for our answer."""
    rate: float = 100.0
    """Requests outside dialogs, per second and address."""
    burst: float = 500.0
    transactions: int = 50_000


class Rate:
    """A bucket for each address: it fills at `rate` per second up to `burst`."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def allows(self, address: str, now: float) -> bool:
        """Whether one more may come from here."""
        level, at = self._buckets.pop(address, (self._burst, now))
        level = min(self._burst, level + (now - at) * self._rate)
        allowed = level >= 1
        self._buckets[address] = (level - 1 if allowed else level, now)
        if len(self._buckets) > MOST_PEERS:
            self._buckets.popitem(last=False)
        return allowed
