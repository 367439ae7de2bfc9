"""The one error of this channel's parsers."""

from muniment.capture.calls.sip.malformed import MalformedError
from muniment.core.errors import WrongUseError


def test_it_says_what_and_carries_the_status_it_deserves() -> None:
    error = MalformedError("No.", status=415, head="head")
    assert isinstance(error, WrongUseError)
    assert (str(error), error.status, error.head) == ("No.", 415, "head")
    assert MalformedError("No.").status == 400
