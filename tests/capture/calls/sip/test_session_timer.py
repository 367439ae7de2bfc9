"""Session timers: what is agreed from what was asked (RFC 4028 table 2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.sip.message import Headers
from muniment.capture.calls.sip.session_timer import (
    LONGEST,
    MINIMUM,
    SessionTimer,
    agree,
    is_too_small,
    least_of,
)


def headers(expires: str = "", supported: str = "", least: str = "") -> Headers:
    pairs = (("session-expires", expires), ("supported", supported), ("min-se", least))
    return Headers(tuple((name, value) for name, value in pairs if value))


@pytest.mark.parametrize(
    ("expires", "supported", "least", "agreed"),
    [
        ("600", "", "", SessionTimer(600, "uas")),
        ("600;refresher=uas", "", "", SessionTimer(600, "uas")),
        ("600;refresher=uac", "", "", SessionTimer(600, "uas")),
        ("600", "timer", "", SessionTimer(600, "uac")),
        ("600;refresher=uac", "timer", "", SessionTimer(600, "uac")),
        ("600;Refresher=UAS", "100rel, timer", "", SessionTimer(600, "uas")),
        ("600", "timer", "900", SessionTimer(900, "uac")),
        ("30", "", "", SessionTimer(90, "uas")),
        ("9999999999", "", "", SessionTimer(LONGEST, "uas")),
        ("", "timer", "", SessionTimer(1800, "uac")),
        ("", "", "", SessionTimer(1800, "uas")),
        ("soon", "", "", SessionTimer(1800, "uas")),
    ],
)
def test_what_is_agreed(expires: str, supported: str, least: str, agreed: SessionTimer) -> None:
    assert agree(headers(expires, supported, least), 1800) == agreed


def test_no_timer_is_forced_where_none_is_wanted() -> None:
    assert agree(headers(), 0) is None


def test_too_small_is_said_only_to_who_knows_timers() -> None:
    assert is_too_small(headers("89", "timer"))
    assert not is_too_small(headers("90", "timer"))
    assert not is_too_small(headers("89"))
    assert least_of(headers(least="30")) == MINIMUM
    assert least_of(headers(least="300")) == 300


def test_the_2xx_requires_timer_of_who_is_to_refresh() -> None:
    assert SessionTimer(90, "uac").headers == (("session-expires", "90;refresher=uac"), ("require", "timer"))
    assert SessionTimer(90, "uas").headers == (("session-expires", "90;refresher=uas"),)


@given(st.integers(MINIMUM, LONGEST))
def test_the_bye_comes_before_the_end(interval: int) -> None:
    timer = SessionTimer(interval, "uac")
    assert interval / 2 < timer.patience < interval
    assert interval - timer.patience == pytest.approx(min(32, interval / 3))
