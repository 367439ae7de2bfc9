"""Voicemail boxes."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.spool.fields import Mapped
from muniment.capture.calls.spool.voicemail import looks_like, read

MESSAGE = b"""
;
; Message Information file
;
[message]
origmailbox=201
context=from-trunk
exten=s
rdnis=unknown
callerchan=PJSIP/trunk-00000012
callerid="Bo Roe" <01632960001>
origdate=Sun Mar  1 10:00:00 AM UTC 2026
origtime=1772359200
category=
msg_id=1772359200-00000012
flag=
duration=12
"""


def test_a_message_tells_who_left_it_for_whom_and_when() -> None:
    assert looks_like(MESSAGE)
    facts = read(MESSAGE, "201", Mapped(), "x").facts("c")
    assert (facts.started, facts.ended, facts.direction) == (1_772_359_200_000, 1_772_359_212_000, "inbound")
    assert [(one.role, one.name, one.e164, one.extension) for one in facts.parties] == [
        ("caller", "Bo Roe", "+441632960001", ""), ("called", "", "", "201"),
    ]  # fmt: skip
    assert facts.evidence["msg_id"] == "1772359200-00000012"
    assert "callerchan" not in facts.evidence


def test_the_folder_names_the_box_where_the_message_does_not() -> None:
    account = read(b"[message]\ncallerid=x", "305", Mapped(), "x")
    assert account.extension == "305"
    assert account.defects == ("the message does not say when it was left",)


@given(st.binary(max_size=200))
def test_any_bytes_are_read(data: bytes) -> None:
    read(b"[message]\n" + data, "1", Mapped(), "x").facts("c")
