"""CDR, CEL and names of recordings, as Asterisk and FreePBX write them."""

from pathlib import Path

import pytest

from muniment.capture.calls.spool.asterisk import (
    looks_like_cdr,
    looks_like_cel,
    named,
    read_cdr,
    read_cel,
    unique_id,
    with_events,
)
from muniment.capture.calls.spool.fields import Mapped

MAPPED = Mapped()
FREEPBX = (
    "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,amaflags,"
    "accountcode,uniqueid,userfield,did,recordingfile,cnum,cnam,outbound_cnum,outbound_cnam,dst_cnam,linkedid\n"
    '2026-03-01 10:00:00,"""Bo"" <01632960001>",01632960001,201,from-internal,PJSIP/trunk-0001,PJSIP/201-0002,Dial,x,'
    "260,252,ANSWERED,3,,1772359200.15,,01632960500,external-201-01632960001-20260301-100000-1772359200.15.wav,,,,,Asha,1772359200.14\n"
)


def test_real_files_of_the_samples_are_read(shared_data: Path) -> None:
    good = (shared_data / "calls/cdr/good.csv").read_text()
    assert looks_like_cdr(good)
    accounts = read_cdr(good, MAPPED, "good.csv")
    assert [(one.caller, one.called, one.caller_name, one.seconds, one.was_answered) for one in accounts] == [
        ("test", "100", "Test User", 5, True), ("test", "100", "Test User", 7, True), ("test", "100", "Test User", 0, False),
        ("test", "100", "Test User", 0, False), ("test", "100", "Test User", 0, False),
    ]  # fmt: skip
    assert accounts[0].call == "1231977075.0"
    assert accounts[0].started == 1_231_977_075_000
    assert len(read_cdr((shared_data / "calls/cdr/buggy.csv").read_text(), MAPPED, "buggy.csv")) == 1


def test_real_channel_events_join_the_channels_of_a_call(shared_data: Path) -> None:
    text = (shared_data / "calls/cdr/CELMaster1.csv").read_text()
    assert looks_like_cel(text)
    assert not looks_like_cdr(text)
    events = read_cel(text, MAPPED)
    assert events["1335310195.0"].channels == ("1335310195.0", "1335310195.1", "1335310195.2")
    assert not events["1335310195.0"].transferred


def test_an_export_of_freepbx_by_names() -> None:
    (account,) = read_cdr(FREEPBX, MAPPED, "cdr.csv")
    assert (account.caller_name, account.caller, account.called) == ("Bo", "01632960001", "201")
    assert (account.call, account.group, account.extension) == ("1772359200.15", "1772359200.14", "201")
    assert account.recording.endswith("1772359200.15.wav")
    assert account.facts("c").direction == "inbound"


def test_holds_and_transfers_come_from_the_events() -> None:
    rows = [
        "HOLD,1772359210.0",
        "UNHOLD,1772359220.5",
        "BLINDTRANSFER,1772359230.0",
        "PARK_START,1772359240.0",
    ]
    text = "eventtype,eventtime,uniqueid,linkedid\n" + "".join(
        f"{row},1772359200.15,1772359200.14\n" for row in rows
    )
    (account,) = with_events(read_cdr(FREEPBX, MAPPED, "cdr.csv"), read_cel(text, MAPPED))
    assert account.holds == ((1_772_359_210_000, 1_772_359_220_500),)
    assert (account.evidence["transferred"], account.evidence["parked"]) == ("yes", "yes")


@pytest.mark.parametrize(
    ("stem", "parts"),
    [
        ("external-201-01632960001-20260301-100000-1772359200.15", ("01632960001", "201", "", "inbound")),
        ("out-01632960002-201-20260301-100000-1772359200.16", ("201", "01632960002", "", "outbound")),
        ("internal-202-201-20260301-100000-1772359200.17", ("201", "202", "", "internal")),
        ("q-600-01632960001-20260301-100000-1772359200.18", ("01632960001", "", "600", "inbound")),
    ],
)
def test_the_name_of_a_recording_tells_what_it_can(stem: str, parts: tuple[str, ...]) -> None:
    found = named(stem, MAPPED, "x")
    assert found is not None
    assert (found.caller, found.called, found.queue, found.direction) == parts
    assert found.started == 1_772_359_200_000
    assert "only the recording's name" in found.defects[0]


def test_other_names_tell_nothing() -> None:
    assert named("holiday-greeting", MAPPED, "x") is None
    assert unique_id("a-1772359200.15-b-1772359200.16") == "1772359200.16"
    assert unique_id("a") == ""


@pytest.mark.parametrize("text", ["", "\n", '"', "a,b,c\n1,2,3", "\0"])
def test_what_is_no_cdr_is_none(text: str) -> None:
    assert not looks_like_cdr(text)
    assert not looks_like_cel(text)
