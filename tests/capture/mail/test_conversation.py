"""Events and commands are plain frozen values."""

import pytest

from muniment.capture.mail.conversation import Keep, Kept, Message, Send
from muniment.capture.statement import Envelope


def test_values_with_the_same_content_are_the_same() -> None:
    message = Message(Envelope("a@x", ("b@x",)), b"x", "c", "ESMTP")
    assert Keep(message) == Keep(Message(Envelope("a@x", ("b@x",)), b"x", "c", "ESMTP"))
    assert Send(b"x") == Send(b"x")
    with pytest.raises(AttributeError):
        Kept("rec").record = "other"  # type: ignore[misc]  # the point of the test
