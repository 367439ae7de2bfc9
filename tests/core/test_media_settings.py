"""What may be set about sound."""

import pytest
from pydantic import ValidationError

from muniment.core.media_settings import MediaSettings


def test_the_defaults_fit_together() -> None:
    assert MediaSettings().last_port > MediaSettings().first_port


@pytest.mark.parametrize(
    "wrong", [{"first_port": 40_000}, {"workers": -1}, {"port": 1}, {"receive_buffer": 1}]
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        MediaSettings(**wrong)
