"""What may be set about recording notices."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from muniment.core.announcement_settings import Announcement
from muniment.core.call_outline import Outline

CALL = Outline("org_a", "sbc", "sales", "inbound", frozenset({"+441632960100", "ext:201"}))


def announcement(**changes: Any) -> Announcement:
    return Announcement.model_validate(
        {"organisation": "org_a", "name": "welcome", "file": "x.wav", **changes}
    )


@pytest.mark.parametrize(
    "wrong", [{"version": 0}, {"language": "English!"}, {"since": "2026-03-02", "until": "2026-03-01"}]
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        announcement(**wrong)


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({}, True),
        ({"lines": ("01632 960100",)}, True),
        ({"lines": ("01632 960101",)}, False),
        ({"sources": ("pbx",)}, False),
        ({"queues": ("sales",)}, True),
        ({"organisation": "org_b"}, False),
        ({"until": "2026-03-01"}, False),
    ],
)
def test_it_is_to_be_heard_where_line_queue_source_and_day_fit(
    changes: dict[str, object], *, fits: bool
) -> None:
    assert announcement(**changes).fits(CALL, date(2026, 3, 2)) is fits
