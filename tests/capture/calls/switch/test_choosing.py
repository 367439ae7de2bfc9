"""Which test calls the settings allow."""

from pathlib import Path

import pytest

from muniment.capture.calls.door import RecorderDoor
from muniment.capture.calls.switch import choosing
from muniment.capture.calls.switch.choosing import Wish
from muniment.core.call_settings import CallListener, CallSettings
from muniment.core.errors import WrongUseError
from tests.capture.calls.client import source

LISTENERS = (
    CallListener(transport="tcp", listen="0.0.0.0:5060"),
    CallListener(transport="tls", listen="[::]:5061", certificate="recorder.pem", key="recorder.key"),
    CallListener(transport="udp", listen="192.0.2.7:5062"),
)
ONE = CallSettings(listeners=LISTENERS, sources=(source(),))
TWO = CallSettings(listeners=LISTENERS, sources=(source(), source(name="other")))


def test_the_only_source_need_not_be_named_and_one_of_several_must() -> None:
    assert choosing.one(ONE, Wish()).name == "sbc"
    assert choosing.one(TWO, Wish(source="other")).name == "other"
    with pytest.raises(WrongUseError, match="Several") as unsaid:
        choosing.one(TWO, Wish())
    assert "other" in unsaid.value.remedy
    for wish in (Wish(source="third"), Wish(organisation="org_other")):
        with pytest.raises(WrongUseError, match="no such source"):
            choosing.one(ONE, wish)
    with pytest.raises(WrongUseError, match="No recorder"):
        choosing.one(CallSettings(), Wish())


def test_a_listener_on_every_address_is_spoken_to_on_this_machine() -> None:
    assert choosing.reach(ONE, Wish()).host == "127.0.0.1"
    assert choosing.reach(ONE, Wish(transport="tls")).host == "::1"
    assert choosing.reach(ONE, Wish(transport="udp")).host == "192.0.2.7"


def test_files_for_tls_and_another_address_are_taken_over() -> None:
    found = choosing.reach(ONE, Wish(transport="tls", address="[2001:db8::9]:7", certificate="a", key="b"))
    assert (found.host, found.port, found.authority) == ("2001:db8::9", 7, "recorder.pem")
    assert (found.certificate, found.key) == ("a", "b")
    with pytest.raises(WrongUseError, match="an address and a port"):
        choosing.reach(ONE, Wish(address="nowhere"))
    with pytest.raises(WrongUseError, match="No listener"):
        choosing.reach(CallSettings(listeners=LISTENERS[:1]), Wish(transport="tls"))


def test_a_recorder_that_is_away_is_the_first_step(tmp_path: Path) -> None:
    made = choosing.make(source(), choosing.reach(ONE, Wish()), RecorderDoor(tmp_path / "away"))
    assert [(step.name, step.well) for step in made.steps] == [("recorder", False)]
