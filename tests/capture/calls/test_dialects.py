"""Vendors are recognised, and recordings of one call find each other."""

import pytest

from muniment.capture.calls.dialects import Speech, joining_names, near_and_far, recognise
from muniment.capture.calls.sip.message import Headers
from muniment.capture.calls.sip.metadata import parse_metadata
from tests.capture.calls.dialect_calls import CUCM


def speech(metadata: str = "", **headers: str) -> Speech:
    fields = tuple((name.replace("_", "-").lower(), value) for name, value in headers.items())
    return Speech(Headers(fields), parse_metadata(metadata.encode()) if metadata else None)


@pytest.mark.parametrize(
    ("agent", "dialect"),
    [
        ("BroadWorks AS", "broadworks"),
        ("Webex Calling", "broadworks"),
        ("AVAYA-SM-10", "avaya"),
        ("Mediant 800/AudioCodes", "audiocodes"),
        ("Oracle SBC", "oracle"),
        ("SONUS SBC", "ribbon"),
        ("Cisco-CUCM14.0", "cisco-cucm"),
        ("Cisco-SIPGateway/IOS-17", "cisco-cube"),
        ("OpenSIPS (3.4)", "opensips"),
        ("FRAFOS ABC SBC", "sems"),
        ("something else", "standard"),
    ],
)
def test_an_agent_that_names_itself_is_known(agent: str, dialect: str) -> None:
    assert recognise(speech(User_Agent=agent)) == dialect


def test_both_sides_of_a_cisco_phone_have_names_in_common() -> None:
    near, far = (speech(From=CUCM[side]["From"]) for side in ("x-nearend", "x-farend"))
    assert recognise(near) == "cisco-cucm"
    assert joining_names(near, "s") == joining_names(far, "s")
    for each, side in ((near, "near"), (far, "far")):
        found = near_and_far(each.headers)
        assert found is not None
        assert found[1:] == (side, "01632960012")
    assert near_and_far(Headers((("from", "<sip:a@b>"),))) is None


def test_the_other_phones_recording_of_the_same_call_joins_too() -> None:
    one = speech(From="<sip:1@u;x-nearend;x-refci=5;x-farendrefci=6>")
    other = speech(From="<sip:2@u;x-nearend;x-refci=6;x-farendrefci=5>")
    assert set(joining_names(one, "s")) & set(joining_names(other, "s"))


def test_a_session_has_one_name_whichever_side_says_it() -> None:
    one = joining_names(speech(Session_ID="AA;remote=bb"), "s")
    other = joining_names(speech(Session_ID="bb;remote=aa"), "t")
    assert one == other == ("session:aa+bb",)
    assert joining_names(speech(Session_ID="aa;remote=" + "0" * 32), "s") == ("session:aa",)
    assert joining_names(speech(Session_ID="0" * 32), "s") == ()


def test_short_numbers_count_only_within_their_switch() -> None:
    document = "<recording><session session_id='S'/><group group_id='G'><x:gcid xmlns:x='u:x'>7</x:gcid><x:callid xmlns:x='u:x'>long@host</x:callid></group></recording>"
    one, other = joining_names(speech(document), "s"), joining_names(speech(document), "t")
    assert set(one) & set(other) == {"call:long@host"}
    assert "gcid:s:7" in one
