"""A figure is a ratio of medians, measured alternately."""

from muniment.bench.figures import compare


def test_both_are_measured_in_turn():
    order: list[str] = []

    def ours() -> float:
        order.append("ours")
        return 3.0

    def limit() -> float:
        order.append("limit")
        return 4.0

    figure = compare("x", "MB/s", "nothing", ours, limit, rounds=3)
    assert order == ["ours", "limit"] * 3
    assert (figure.ours, figure.limit, figure.ratio, figure.spread) == (3.0, 4.0, 0.75, (0.75, 0.75))
