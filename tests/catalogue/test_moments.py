"""A date to come hides nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from muniment.catalogue.moments import LATEST, moment

RECEIVED = 1_767_225_600
THEN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "counts"),
    [
        (None, RECEIVED),
        (THEN - timedelta(days=3650), RECEIVED - 3650 * 86_400),
        (THEN + timedelta(days=4), RECEIVED + 4 * 86_400),
        (THEN + timedelta(days=6), RECEIVED),
        (datetime(9999, 12, 31, tzinfo=UTC), RECEIVED),
        (datetime(1, 1, 1, tzinfo=UTC), 0),
        (datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None), RECEIVED),
    ],
)
def test_a_date_to_come_hides_nothing(sent: datetime | None, counts: int) -> None:
    assert moment(sent, RECEIVED) == counts
    assert moment(sent, 2**40) <= LATEST
