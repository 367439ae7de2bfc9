"""Recordings and accounts are put together, and both kinds of orphans named."""

import json

from muniment.capture.calls.spool.finding import Kind, survey
from muniment.capture.calls.spool.matching import Matches, match
from tests.capture.calls.spool.samples import Spool, sound
from tests.capture.calls.spool.test_asterisk import FREEPBX
from tests.capture.calls.spool.test_freeswitch import XML
from tests.capture.calls.spool.test_meetings import TEAMS, ZOOM
from tests.capture.calls.spool.test_voicemail import MESSAGE

NAMED = "external-201-01632960001-20260301-100000-1772359200.15.wav"


def matched(spool: Spool, kind: Kind = "auto") -> Matches:
    def refused(path: str, reason: str) -> None:
        spool.refused.append((path, reason))

    return match(survey([spool.path], lambda *_: None), refused, kind=kind)


def test_a_cdr_names_its_recording(spool: Spool) -> None:
    spool.put(f"2026/03/01/{NAMED}", sound())
    spool.put("Master.csv", FREEPBX)
    (one,) = matched(spool).recordings
    assert one.account is not None
    assert (one.channel, one.account.group, one.account.caller_name) == ("call", "1772359200.14", "Bo")


def test_the_name_of_the_call_within_the_file_s_name_is_enough(spool: Spool) -> None:
    spool.put("rec-1772359200.15.wav", sound())
    spool.put("11111111-aaaa-bbbb-cccc-000000000001.wav", sound())
    spool.put("Master.csv", FREEPBX)
    spool.put("a_1.cdr.xml", XML)
    found = {one.seen.path.name: one.account for one in matched(spool).recordings}
    told = [(each.call, each.queue) for each in found.values() if each is not None]
    assert set(told) == {
        ("1772359200.15", ""),
        ("11111111-aaaa-bbbb-cccc-000000000001", "sales@default"),
    }


def test_a_sidecar_is_of_the_recording_that_bears_its_name(spool: Spool) -> None:
    for number, (suffix, text) in enumerate({"json": '{"from": "1", "start": "2026-03-01"}', "csv": "from,start\n2,2026-03-01\n", "xml": "<c><from>3</from></c>"}.items()):  # fmt: skip
        spool.put(f"{number}.{suffix}", text)
        spool.put(f"{number}.wav", sound())
    assert [one.account.caller for one in matched(spool).recordings if one.account] == ["1", "2", "3"]


def test_one_table_may_speak_for_a_folder(spool: Spool) -> None:
    spool.put(
        "calls.csv",
        "file,from,to,start\nx/a.wav,1,201,2026-03-01 10:00\nC:\\rec\\b.wav,2,202,2026-03-01 11:00\n",
    )
    spool.put("a.wav", sound())
    spool.put("b.wav", sound())
    assert [one.account.caller for one in matched(spool).recordings if one.account] == ["1", "2"]


def test_orphans_of_both_kinds_are_named(spool: Spool) -> None:
    spool.put("unknown.wav", sound())
    spool.put("Master.csv", FREEPBX + FREEPBX.splitlines()[1].replace("ANSWERED", "NO ANSWER").replace(NAMED, "").replace("1772359200", "1772359999") + "\n")  # fmt: skip
    found = matched(spool)
    assert [one.account for one in found.recordings] == [None]
    assert [one.call for one in found.unrecorded] == ["1772359200.15"]


def test_other_legs_of_a_call_that_was_recorded_are_no_orphans(spool: Spool) -> None:
    spool.put(NAMED, sound())
    spool.put("Master.csv", FREEPBX + FREEPBX.splitlines()[1].replace(NAMED, "").replace("1772359200.15", "1772359200.16") + "\n")  # fmt: skip
    assert matched(spool).unrecorded == []


def test_a_voicemail_counts_once_in_its_best_format(spool: Spool) -> None:
    for name in ("msg0000.WAV", "msg0000.wav", "msg0000.gsm", "msg0001.gsm"):
        spool.put(f"default/201/INBOX/{name}", sound())
    spool.put("default/201/INBOX/msg0000.txt", MESSAGE)
    found = matched(spool)
    assert {(one.seen.path.name, one.channel, one.account is None) for one in found.recordings} == {
        ("msg0000.wav", "voicemail", False), ("msg0001.gsm", "voicemail", True),
    }  # fmt: skip
    assert {one.path.name for one in found.doubled} == {"msg0000.WAV", "msg0000.gsm"}


def test_meetings_are_meetings(spool: Spool) -> None:
    spool.put("teams/meeting.mp4", b"x")
    spool.put("teams/meeting.json", json.dumps(TEAMS))
    spool.put("zoom/audio.m4a", b"y")
    spool.put("zoom/recordings.json", json.dumps(ZOOM))
    spool.put("Weekly-20260301_100000-Meeting Recording.mp4", b"z")
    found = matched(spool)
    assert {one.channel for one in found.recordings} == {"meeting"}
    people = {one.account.evidence.get("people") for one in found.recordings if one.account}
    assert people == {None, "Bo"}
    assert [one.recording for one in found.unrecorded] == ["video.mp4"]


def test_what_cannot_be_read_costs_only_itself(spool: Spool) -> None:
    spool.put("bad.json", "{")
    spool.put("bad.xml", "<!DOCTYPE x []><x/>")
    spool.put("a.wav", sound())
    spool.put("a.csv", "from,start\n1,2026-03-01\n")
    assert [one.account.caller for one in matched(spool).recordings if one.account] == ["1"]
    assert len(spool.refused) == 2


def test_a_recording_of_3cx_explains_itself(spool: Spool) -> None:
    spool.put("101/[Ann]_101-07700900123_20260301100000(1234).wav", sound())
    (one,) = matched(spool, kind="3cx").recordings
    assert one.account is not None
    assert one.account.extension == "101"
