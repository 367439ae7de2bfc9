"""A measured figure, and the alternation that makes it comparable."""

from collections.abc import Callable
from statistics import median, quantiles

import msgspec

ROUNDS = 7


class Figure(msgspec.Struct, frozen=True, omit_defaults=True):
    """Ours against the limit: medians in `unit`, their ratio, and the spread of the ratio.

    `limit_is` says what the limit was measured with. `details` are further figures by name.
    """

    name: str
    ours: float
    limit: float
    ratio: float
    unit: str
    spread: tuple[float, float]
    limit_is: str
    details: dict[str, float] = {}


def compare(
    name: str,
    unit: str,
    limit_is: str,
    ours: Callable[[], float],
    limit: Callable[[], float],
    rounds: int = ROUNDS,
) -> Figure:
    """Measure both alternately, `rounds` times; each gives a rate, of which more is better.

    The spread is the middle half of the ratios of neighbours.
    """
    pairs = [(ours(), limit()) for _ in range(rounds)]
    ratios = [mine / theirs for mine, theirs in pairs]
    low, _, high = quantiles(ratios, n=4)
    return Figure(
        name,
        round(median(mine for mine, _ in pairs), 3),
        round(median(theirs for _, theirs in pairs), 3),
        round(median(ratios), 3),
        unit,
        (round(low, 3), round(high, 3)),
        limit_is,
    )
