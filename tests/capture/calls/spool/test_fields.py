"""Fields under any name."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.spool.fields import Mapped, account_of, flat, rows_of
from muniment.core.errors import WrongUseError

MAPPED = Mapped()


@pytest.mark.parametrize(
    "data",
    [
        b"Start Time;From;To;Duration\n",
        b"start_time,from,to,duration\n2026-03-01 10:00:00,01632960001,201,4:12\n",
        b"\xef\xbb\xbfstart_time;from;to;duration\r\n2026-03-01 10:00:00;01632960001;201;4:12\r\n",
        json.dumps({"start_time": "2026-03-01T10:00:00Z", "from": "01632960001", "to": "201", "duration": 252}).encode(),
        json.dumps({"calls": [{"start_time": "2026-03-01T10:00:00Z", "from": "01632960001", "to": "201", "duration": 252}]}).encode(),
        json.dumps([{"call": {"start_time": 1_772_359_200}, "from": "01632960001", "to": "201", "duration": "PT4M12S"}]).encode(),
        b"<call><start_time>2026-03-01T10:00:00Z</start_time><from>01632960001</from><to>201</to><duration>252</duration></call>",
        b'<call start_time="2026-03-01T10:00:00Z" from="01632960001" to="201" duration="252"/>',
    ],
)  # fmt: skip
def test_csv_json_and_xml_say_the_same(data: bytes) -> None:
    rows = rows_of(data, "a")
    if not rows:
        assert data.startswith(b"Start Time")
        return
    account = account_of(rows[0], MAPPED, "a")
    assert (account.started, account.caller, account.called, account.seconds) == (
        1_772_359_200_000,
        "01632960001",
        "201",
        252,
    )
    assert account.facts("c").direction == "inbound"


def test_a_mapping_says_which_column_is_which() -> None:
    mapped = Mapped(
        columns={"caller": "A-Party", "called": "B-Party", "started": "Zeit"}, zone="Europe/Berlin"
    )
    account = account_of(
        {"A-Party": "1", "B-Party": "2", "Zeit": "2026-03-01 11:00:00", "from": "no"}, mapped, "a"
    )
    assert (account.caller, account.called, account.started) == ("1", "2", 1_772_359_200_000)
    with pytest.raises(WrongUseError, match="no time zone"):
        account_of({}, Mapped(zone="Europe/Atlantis"), "a")


def test_keys_that_were_pressed_are_never_evidence() -> None:
    account = account_of(
        {"start": "1772359200", "dtmf": "1234", "digits_dialed": "4321", "trunk": "t1"}, MAPPED, "a"
    )
    assert set(account.evidence) == {"start", "trunk"}


def test_an_unanswered_call_says_so() -> None:
    assert not account_of({"start": "1772359200", "disposition": "NO ANSWER"}, MAPPED, "a").was_answered


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', b"<x>", b"{", b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
        b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_cannot_be_read_or_has_entities_is_refused(data: bytes) -> None:
    with pytest.raises(WrongUseError):
        rows_of(data, "a")


@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_refused(data: bytes) -> None:
    try:
        rows = rows_of(data, "a")
    except WrongUseError:
        return
    for row in rows:
        account_of(row, MAPPED, "a").facts("c")


def test_inner_values_stand_under_both_names() -> None:
    assert flat({"a": {"b": 1, "c": True, "d": [1]}, "e": "x"}) == {"a.b": "1", "b": "1", "e": "x"}
