"""What may be set about completeness."""

import pytest
from pydantic import ValidationError

from muniment.core.assurance_settings import AssuranceSettings


def test_by_habit_every_gap_alarms() -> None:
    chosen = AssuranceSettings()
    assert (chosen.gaps, chosen.zone, chosen.unrecorded) == (0, "Europe/London", ())


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "Mars/Olympus"},
        {"hour": 24},
        {"lost_percent": 101},
        {"unrecorded": [{"line": "201", "reason": "because"}]},
        {"x": 1},
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        AssuranceSettings.model_validate(wrong)
