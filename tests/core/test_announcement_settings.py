"""What may be set about recording notices."""

import pytest
from pydantic import ValidationError

from muniment.core.announcement_settings import Announcement


@pytest.mark.parametrize(
    "wrong", [{"version": 0}, {"language": "English!"}, {"since": "2026-03-02", "until": "2026-03-01"}]
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Announcement.model_validate({"organisation": "org_a", "name": "welcome", "file": "x.wav", **wrong})
