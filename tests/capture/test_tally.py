"""What all imports share."""

from hypothesis import given
from hypothesis import strategies as some

from muniment.capture.batch import HEAVIEST_BATCH
from muniment.capture.tally import Progress, Summary, Tally, grouped


@given(some.lists(some.integers(0, 2 * HEAVIEST_BATCH), max_size=30), some.integers(1, 5))
def test_groups_keep_the_order_and_are_small_and_light(weights: list[int], most: int) -> None:
    groups = list(grouped(((weight, weight) for weight in weights), most))
    assert [each for group in groups for each in group] == weights
    for group in groups:
        assert 1 <= len(group) <= most
        assert len(group) == 1 or sum(group) <= HEAVIEST_BATCH


def test_a_tally_tells_how_far_it_is_and_what_it_came_to() -> None:
    tally = Tally(seen=3, sealed=2, already_held=1, bytes=30, done=20, total=40)
    assert tally.progress.done == 20
    summary = tally.summary(Summary)
    assert (summary.seen, summary.sealed, summary.already_held, summary.failed) == (3, 2, 1, 0)


def test_what_is_to_come_is_told_by_the_rate_so_far() -> None:
    assert Progress(1, 20, 40, 2.0).remaining == 2.0
    assert Progress(0, 0, 10, 0.0).remaining == 0.0
