"""What one client defined in all its dialogs."""

from muniment.capture.calls.directory import Directory
from muniment.capture.calls.sip.metadata import Participant


def test_an_element_lives_as_long_as_a_dialog_that_named_it() -> None:
    directory = Directory()
    first, second = Participant("p", "sip:a@x"), Participant("q", "sip:b@x")
    directory.remember("one", {"p": first})
    directory.remember("two", {"p": first, "q": second})
    assert directory.find("p") == first
    directory.forget("one")
    assert directory.find("p") == first
    directory.forget("two")
    directory.forget("never named")
    assert directory.find("p") is None
    assert len(directory) == 0
