"""Which mapping a command works with."""

import pytest

from muniment.capture.calls.spool.fields import Mapped
from muniment.cli.mappings import chosen
from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from tests.cli.test_source import SETTINGS


def test_the_named_one_or_the_habits_of_switches(home: Home) -> None:
    home.settings.write_text(SETTINGS)
    assert chosen(home, "hosted", "Europe/Berlin").columns["caller"] == "A Number"
    assert chosen(home, "", "Europe/Berlin") == Mapped(zone="Europe/Berlin", region="GB")


def test_another_name_is_refused_with_those_that_there_are(home: Home) -> None:
    home.settings.write_text(SETTINGS)
    with pytest.raises(WrongUseError, match="hosted"):
        chosen(home, "carrier", "Europe/London")
