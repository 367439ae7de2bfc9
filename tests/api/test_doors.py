"""One door of each kind for the process, on the home of the settings."""

from typing import Any

from muniment.api import doors
from muniment.core.home import Home


def test_doors_are_made_once_for_a_home(settings: Any, home: Home) -> None:
    settings.HOME = home
    assert doors.desk() is doors.desk()
    assert doors.librarian() is doors.librarian()
