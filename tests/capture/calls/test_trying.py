"""What the recorder says of test calls to those who ask over its own socket."""

from muniment.capture.calls.control import AskTest, ExpectTest
from muniment.capture.calls.sip.flows import Flow, Place
from muniment.capture.calls.trying import Trying
from muniment.core.announcement_settings import Announcement
from muniment.core.prompts import Prompt
from tests.capture.calls.client import HERE, ORGANISATION, Caller, Desk, source

TESTING = Place("127.0.0.1", 4000)


def announcement(name: str, **where: object) -> Announcement:
    return Announcement.model_validate({"organisation": ORGANISATION, "name": name, "file": "x", **where})


def test_a_test_is_expected_of_a_source_that_is_there_with_the_notices_that_fit_it() -> None:
    desk = Desk((source(),))
    desk.sessions.settling.prompts = {
        announcement("welcome"): Prompt("welcome", 1, "en-GB", b"ab"),
        announcement("elsewhere", sources=["other"]): Prompt("elsewhere", 1, "en-GB", b"cd"),
    }
    trying = Trying(desk.sessions)
    found = trying.expect(ExpectTest(ORGANISATION, "sbc", *TESTING))
    assert found.known
    assert [each.name for each in found.prompts] == ["welcome"]
    assert not trying.expect(ExpectTest(ORGANISATION, "other", *TESTING)).known
    assert desk.sessions.admits(Flow("TCP", HERE, TESTING))
    assert not desk.sessions.admits(Flow("TCP", HERE, Place("127.0.0.1", 4001)))


def test_a_test_is_told_of_from_its_beginning_to_its_end_and_a_person_s_call_never() -> None:
    desk = Desk((source(notice_seconds=60),))
    trying = Trying(desk.sessions)
    person = Caller(desk)
    person.opens()
    assert trying.state(AskTest(person.call_id)).stage == "unknown"
    trying.expect(ExpectTest(ORGANISATION, "sbc", *TESTING))
    caller = Caller(desk, Flow("UDP", HERE, TESTING))
    caller.opens()
    assert trying.state(AskTest(caller.call_id)).stage == "provisional"
    desk.passes(61)
    desk.sessions.wake()
    assert trying.state(AskTest(caller.call_id)).stage == "kept"
    caller.bye()
    assert trying.state(AskTest(caller.call_id)).stage == "over"
    person.bye()
    assert trying.state(AskTest(person.call_id)).stage == "unknown"
