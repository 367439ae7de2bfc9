"""The seam to whoever records."""

from muniment.capture.calls.sip.application import Accepted, Application, Refused
from tests.capture.calls.client import Desk


def test_sessions_are_such_an_application() -> None:
    application: Application = Desk().sessions
    assert application.ready()
    assert Accepted().sdp == b""
    assert Refused(503).retry_after == 0
