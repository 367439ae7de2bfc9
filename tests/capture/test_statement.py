"""The capture statement."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.statement import CaptureStatement, Envelope, decode, digest, readable
from muniment.core import canonical
from muniment.core.call_facts import CallFacts
from muniment.core.errors import WrongUseError

STATEMENT = CaptureStatement(
    source="exchange",
    received=1_700_000_000,
    form="smtp",
    sha256=digest(b"x"),
    envelope=Envelope("ann@x", ("bob@x", "secret@x")),
    client="mail.x [192.0.2.1]",
    transport="ESMTP",
)


def test_its_text_has_the_fixed_shape() -> None:
    assert json.loads(STATEMENT.encode()) == {
        "type": "muniment/capture/v1",
        "channel": "e-mail",
        "source": "exchange",
        "received": 1_700_000_000,
        "client": "mail.x [192.0.2.1]",
        "transport": "ESMTP",
        "envelope": {"from": "ann@x", "to": ["bob@x", "secret@x"]},
        "sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
        "form": "smtp",
        "origin": "",
    }


def test_it_reads_what_it_wrote() -> None:
    assert decode(STATEMENT.encode()) == STATEMENT


@pytest.mark.parametrize("text", [b"", b"{}", b'{"type":"muniment/warrant/v1"}', b"\xff"])
def test_anything_else_is_refused(text: bytes) -> None:
    with pytest.raises(WrongUseError):
        decode(text)


def test_a_call_s_statement_carries_its_facts_and_a_mail_s_none() -> None:
    facts = CallFacts(id="c", direction="inbound", started=1, ended=2)
    statement = CaptureStatement(
        source="pbx", received=0, form="siprec", sha256="", channel="call", call=facts
    )
    assert decode(statement.encode()).call == facts
    assert b'"call"' not in STATEMENT.encode()


TEXT = st.text(max_size=20) | st.binary(max_size=20).map(readable)


@given(TEXT, TEXT, st.lists(TEXT, max_size=3))
def test_its_text_is_canonical_whatever_stands_in_it(origin: str, sender: str, recipients: list[str]) -> None:
    statement = CaptureStatement(
        source="s",
        received=0,
        form="eml",
        sha256="",
        origin=origin,
        envelope=Envelope(sender, tuple(recipients)),
    )
    assert statement.encode() == canonical.dumps(msgspec.to_builtins(statement))
    assert decode(statement.encode()) == statement


@given(st.binary(max_size=40))
def test_any_bytes_of_a_wire_or_a_path_have_a_canonical_form(raw: bytes) -> None:
    statement = CaptureStatement(source="s", received=0, form="eml", sha256="", origin=readable(raw))
    assert decode(statement.encode()).origin == readable(raw)
