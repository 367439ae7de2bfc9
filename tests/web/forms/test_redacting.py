"""The form of a redaction."""

import pytest

from muniment.core.errors import WrongUseError
from muniment.release.sound.messages import Covered
from muniment.web.forms import redacting


def test_lines_that_are_filled_become_covers() -> None:
    sent = {
        "start-1": "0:01", "end-1": "0:02", "channel-1": "1", "manner-1": "silence",
        "start-3": "3", "end-3": "99", "channel-3": "both", "manner-3": "beep", "whole": "0",
    }  # fmt: skip
    assert redacting.covers(sent, 5000) == (
        Covered(1000, 2000, 1, beep=False), Covered(3000, 5000), Covered(0, 5000, 0, beep=False)
    )  # fmt: skip
    shown = redacting.lines(sent)
    assert len(shown) == redacting.ROWS
    assert [one.empty for one in shown[:3]] == [False, True, False]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "which stretch"),
        ({"whole": "7"}, "which stretch"),
        ({"start-2": "0:01"}, "Stretch 2: write both"),
        ({"start-2": "x", "end-2": "1"}, "Stretch 2: write both"),
        ({"start-8": "4", "end-8": "2"}, "Stretch 8: A stretch ends"),
    ],
)
def test_a_line_that_says_nothing_is_named(sent: dict[str, str], said: str) -> None:
    with pytest.raises(WrongUseError, match=said):
        redacting.covers(sent, 5000)
