"""Clients that we invite, as programs of their own: one of ours over TCP, and sipp over datagrams."""

import asyncio
from pathlib import Path

import pytest

from muniment.capture.calls.invitations import STANDS, name_of
from muniment.capture.calls.switch.offering import Session, Side
from tests.capture.calls.client import source
from tests.capture.calls.sip.rig import LONGEST, Rig, running
from tests.capture.calls.sip.standing_client import StandingClient
from tests.capture.calls.switch.recording import recording
from tests.installations import free_port, until

ANN, BOB = Side("sip:+441632960123@carrier.example", "Ann"), Side("sip:201@firm.example", "Bob")
EMPTY, CALL = Session("none", (None, None)), Session("call-1", (ANN, BOB))
LOCAL = ("127.0.0.0/8",)


def test_a_client_that_refuses_is_asked_again_and_has_a_call_when_there_is_one() -> None:
    with StandingClient() as client:
        invited = source(networks=LOCAL, invite=client.uri)
        with recording(sources=(invited,)) as served:

            def state() -> str:
                return served.ask(served.rig.server.sessions.states)[0].invitation

            first = client.invited()
            assert "Require: siprec\r\n" in first
            assert ";+sip.srs" in first
            assert first.endswith("Content-Length: 0\r\n\r\n")
            assert client.refuse(486).startswith("ACK ")
            until(lambda: "486" in state(), seconds=60)
            client.invited()
            ack = client.accept(EMPTY)
            assert ack.count("m=audio 9 ") == 2
            until(lambda: state() == STANDS, seconds=60)
            assert served.recorder.open == {}
            assert all(port > 9 for port in client.change(CALL))
            assert len(served.recorder.open) == 1
            assert client.change(EMPTY) == [9, 9]
            until(lambda: bool(served.recorder.closed), seconds=60)
            assert [party.name for party in served.recorder.facts.parties] == ["Ann", "Bob"]
            assert " 200 " in client.ask("BYE")
            until(lambda: state() == "it hung up", seconds=60)


def test_whoever_is_not_there_is_said_to_be_unreachable() -> None:
    address = f"sip:127.0.0.1:{free_port()};transport=tcp"
    with recording(sources=(source(networks=LOCAL, invite=address),)) as served:
        states = served.rig.server.sessions.states
        until(lambda: served.ask(states)[0].invitation == "it cannot be reached", seconds=60)


def test_a_name_that_leads_nowhere_is_said_so() -> None:
    invited = source(networks=LOCAL, invite="sip:recorder.invalid;transport=tcp")
    with recording(sources=(invited,)) as served:
        states = served.rig.server.sessions.states
        until(lambda: "address cannot be used" in served.ask(states)[0].invitation, seconds=60)


SCENARIO = """<?xml version="1.0" encoding="UTF-8"?><scenario name="invited">
<recv request="INVITE"><action>
<ereg regexp="siprec" search_in="hdr" header="Require:" check_it="true" assign_to="1"/>
<ereg regexp="\\+sip\\.srs" search_in="hdr" header="Contact:" check_it="true" assign_to="2"/>
</action></recv>
<Reference variables="1,2"/>
<send retrans="500"><![CDATA[

SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[pid]t[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:src@[local_ip]:[local_port]>;+sip.src
Allow: INVITE, ACK, BYE, CANCEL, UPDATE
Content-Type: application/sdp
Content-Length: [len]

v=0
o=src 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio 20000 RTP/AVP 0
a=label:1
a=inactive

]]></send>
<recv request="ACK"><action>
<ereg regexp="m=audio 9 RTP/AVP 0" search_in="body" check_it="true" assign_to="3"/>
</action></recv>
<Reference variables="3"/>
<recv request="BYE" timeout="60000"></recv>
<send><![CDATA[

SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
</scenario>
"""


@pytest.mark.needs("sipp")
def test_sipp_is_invited_over_datagrams_and_hung_up_when_the_recorder_stops(tmp_path: Path) -> None:
    port = free_port()
    invited = source(networks=LOCAL, invite=f"sip:recording@127.0.0.1:{port}")
    (tmp_path / "scenario.xml").write_text(SCENARIO)

    async def go() -> None:
        process = await asyncio.create_subprocess_exec(
            *(
                "nice",
                "sipp",
                "-sf",
                "scenario.xml",
                "-t",
                "u1",
                "-m",
                "1",
                "-i",
                "127.0.0.1",
                "-p",
                str(port),
            ),
            *("-nostdin", "-timeout", "90", "-timeout_error", "-trace_err", "-error_file", "errors.log"),
            cwd=tmp_path,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with running(sources=(invited,)) as rig:
                await rig.until(lambda: stands(rig), 60)
            await asyncio.wait_for(process.wait(), LONGEST)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        log = tmp_path / "errors.log"
        assert process.returncode == 0, log.read_text() if log.exists() else ""

    def stands(rig: Rig) -> bool:
        return rig.server.sessions.invitations.state(name_of(invited))[0] == STANDS

    asyncio.run(go())
