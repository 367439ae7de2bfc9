"""Call detail records of FreeSWITCH."""

import json

import pytest

from muniment.capture.calls.spool.fields import Mapped
from muniment.capture.calls.spool.freeswitch import looks_like, read
from muniment.core.errors import WrongUseError

XML = b"""<?xml version="1.0"?>
<cdr core-uuid="c0ffee"><variables>
<uuid>11111111-aaaa-bbbb-cccc-000000000001</uuid><direction>inbound</direction><call_uuid>11111111-aaaa-bbbb-cccc-000000000001</call_uuid>
<start_epoch>1772359200</start_epoch><answer_epoch>1772359208</answer_epoch><end_epoch>1772359460</end_epoch><billsec>252</billsec>
<record_path>/var/rec/11111111-aaaa-bbbb-cccc-000000000001.wav</record_path><cc_queue>sales%40default</cc_queue><hangup_cause>NORMAL_CLEARING</hangup_cause>
<digits_dialed>4242</digits_dialed></variables>
<callflow><caller_profile><caller_id_name>Bo%20Roe</caller_id_name><caller_id_number>01632960001</caller_id_number>
<destination_number>201</destination_number><originatee><originatee_caller_profile><uuid>22222222-aaaa-bbbb-cccc-000000000002</uuid></originatee_caller_profile></originatee></caller_profile></callflow></cdr>"""
JSON = json.dumps(
    {
        "core-uuid": "c0ffee",
        "switchname": "pbx",
        "variables": {"uuid": "11111111-aaaa-bbbb-cccc-000000000001", "direction": "inbound", "start_epoch": "1772359200", "answer_epoch": "1772359208", "end_epoch": "1772359460", "billsec": "252"},
        "callflow": [{"caller_profile": {"caller_id_name": "Bo Roe", "caller_id_number": "01632960001", "destination_number": "201"}}],
    }
).encode()  # fmt: skip


@pytest.mark.parametrize("data", [XML, JSON])
def test_xml_and_json_tell_the_same_call(data: bytes) -> None:
    assert looks_like(data)
    account = read(data, Mapped(), "a.cdr.xml")
    facts = account.facts("c")
    assert (facts.started, facts.answered, facts.ended) == (
        1_772_359_200_000,
        1_772_359_208_000,
        1_772_359_460_000,
    )
    assert [(one.role, one.name, one.e164, one.extension) for one in facts.parties] == [
        ("caller", "Bo Roe", "+441632960001", ""), ("called", "", "", "201"),
    ]  # fmt: skip
    assert (facts.direction, account.call) == ("inbound", "11111111-aaaa-bbbb-cccc-000000000001")


def test_recording_queue_and_the_other_leg_and_no_key_that_was_pressed() -> None:
    account = read(XML, Mapped(), "a.cdr.xml")
    assert (account.recording, account.queue) == (
        "/var/rec/11111111-aaaa-bbbb-cccc-000000000001.wav",
        "sales@default",
    )
    assert account.legs == ("11111111-aaaa-bbbb-cccc-000000000001", "22222222-aaaa-bbbb-cccc-000000000002")
    assert account.evidence == {"hangup_cause": "NORMAL_CLEARING"}


def test_an_unanswered_leg_wants_no_recording() -> None:
    data = XML.replace(b"1772359208", b"0").replace(b"<billsec>252", b"<billsec>0")
    assert not read(data, Mapped(), "a").was_answered


def test_hostile_files_are_refused() -> None:
    with pytest.raises(WrongUseError, match="entities"):
        read(b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + XML, Mapped(), "a")
    with pytest.raises(WrongUseError):
        read(XML[:200], Mapped(), "a")
    assert not looks_like(b'{"calls": []}')
