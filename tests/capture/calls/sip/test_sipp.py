"""The recorder against sipp: every transport, whole calls, races, silence, glare, pause forms, loss."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from muniment.capture.calls.sip import dialog_life
from muniment.core.call_settings import CallListener
from tests.capture.calls.client import METADATA
from tests.capture.calls.sip.rig import (
    Rig,
    certificates,
    client_context,
    expect,
    offer,
    pause,
    receive,
    recording,
    relay,
    running,
    send,
    sipp,
)

pytestmark = [pytest.mark.needs("sipp"), pytest.mark.parametrize("transport", ["UDP", "TCP", "TLS"])]

SDP = "application/sdp"
SIPREC = "Require: siprec\n"
INVITE = (send("INVITE", *recording(), extra=SIPREC), receive(100, optional=True), receive(200))
BYE = (send("BYE", number=9), receive(200))


@asynccontextmanager
async def reached(folder: Path, transport: str) -> AsyncIterator[tuple[Rig, int, str]]:
    """A server, the port that sipp speaks to, and how."""
    if transport != "TLS":
        async with running() as rig:
            yield rig, rig.ports[transport.lower()], "u1" if transport == "UDP" else "t1"
        return
    certificates(folder, "recorder")
    listener = CallListener(
        transport="tls",
        listen="127.0.0.1:0",
        certificate=str(folder / "recorder.pem"),
        key=str(folder / "recorder.key"),
    )
    async with running((listener,)) as rig, relay(client_context(folder), rig.ports["tls"]) as port:
        yield rig, port, "t1"


def run(folder: Path, transport: str, *steps: str, calls: int = 20) -> Rig:
    """Run a scenario against a fresh server; the rig when all is over."""

    async def go() -> Rig:
        async with reached(folder, transport) as (rig, port, how):
            assert await sipp(folder, port, how, *steps, calls=calls) == ""
            await rig.until(lambda: not rig.server.agent.dialogs, 60)  # a lost message may take 64 times T1
        return rig

    return asyncio.run(go())


def test_whole_calls(tmp_path: Path, transport: str) -> None:
    rig = run(tmp_path, transport, *INVITE, send("ACK"), pause(200), *BYE, calls=100)
    assert len(rig.recorder.closed) == 100
    assert {facts.defects for facts in rig.recorder.closed.values()} <= {
        ("who called whom is assumed from the order in which the client named them",)
    }
    assert {len(facts.streams) for facts in rig.recorder.closed.values()} == {2}


def test_a_cancel_right_behind_its_invite(tmp_path: Path, transport: str) -> None:
    cancel = send("CANCEL").replace("branch=[branch]", "branch=[branch-1]")
    # Whichever of the two the server reads first is right; the call must be over in either case.
    steps = (
        send("INVITE", *recording(), extra=SIPREC).replace(' retrans="500"', ""),
        cancel.replace(' retrans="500"', ""),
        '<recv response="200" rtd="true"></recv>',
        '<recv response="487" optional="true" next="refused"></recv>',
        '<recv response="200" timeout="1000" ontimeout="over"></recv>',
        send("ACK"),
        *BYE,
        '<label id="over"/>',
        '<nop next="end"/>',
        '<label id="refused"/>',
        send("ACK-REFUSED"),
        '<label id="end"/>',
    )

    async def go() -> Rig:
        async with reached(tmp_path, transport) as (rig, port, how):
            await sipp(tmp_path, port, how, *steps, calls=10)
            for _ in range(2):
                await asyncio.sleep(0.2)
        return rig

    rig = asyncio.run(go())
    assert not rig.recorder.open
    assert not rig.server.agent.dialogs


def test_without_ack_the_2xx_comes_again_and_then_a_bye(
    tmp_path: Path, transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialog_life, "PATIENCE", 2.0)
    repeated = () if transport == "UDP" else (receive(200), receive(200))  # over UDP sipp passes over them
    rig = run(tmp_path, transport, *INVITE, *repeated, expect("BYE"), calls=5)
    assert len(rig.recorder.closed) == 5
    assert all(
        "the client never confirmed the recording" in each.defects for each in rig.recorder.closed.values()
    )


@pytest.mark.parametrize(
    "paused",
    [offer("a=inactive"), offer("", "0.0.0.0"), offer("a=recvonly")],  # noqa: S104  an address in text
    ids=["inactive", "null address", "recvonly"],
)
@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
def test_pause_and_resume(tmp_path: Path, transport: str, method: str, paused: str) -> None:
    acknowledged = (2, 3) if method == "INVITE" else ()
    rig = run(
        tmp_path,
        transport,
        *INVITE,
        send("ACK"),
        *(
            send(method, paused, SDP, number=2),
            receive(200),
            *(send("ACK", number=each) for each in acknowledged[:1]),
        ),
        pause(100),
        *(
            send(method, offer(), SDP, number=3),
            receive(200),
            *(send("ACK", number=each) for each in acknowledged[1:]),
        ),
        *BYE,
        calls=5,
    )
    for facts in rig.recorder.closed.values():
        assert [(span.stream, span.why) for span in facts.masks] == [(0, "sip"), (1, "sip")]
        assert all(span.end - span.start >= 90 for span in facts.masks)


def test_an_offer_of_theirs_while_ours_is_open(tmp_path: Path, transport: str) -> None:
    rig = run(
        tmp_path,
        transport,
        *(send("INVITE", extra=SIPREC), receive(100, optional=True), receive(200)),
        *(send("INVITE", offer(), SDP, number=2), receive(491), send("ACK-REFUSED", number=2)),
        send("ACK", offer(), SDP),
        *BYE,
        calls=5,
    )
    assert len(rig.recorder.closed) == 5


def test_our_offer_is_answered_in_the_ack(tmp_path: Path, transport: str) -> None:
    rig = run(
        tmp_path,
        transport,
        *(
            send("INVITE", extra="Contact: <sip:a@[local_ip]>;isFocus\n"),
            receive(100, optional=True),
            receive(200),
        ),
        send("ACK", offer(port=31_000), SDP),
        pause(100),
        *BYE,
        calls=5,
    )
    changes = [said for said in rig.recorder.said if said[0] == "change" and said[2] == 31_000]
    assert len(changes) == 5


def test_metadata_alone_and_a_new_port(tmp_path: Path, transport: str) -> None:
    alone = send(
        "UPDATE",
        METADATA.replace("sip:201@", "sip:222@").replace("cGFydHktMDAwMDAwMDAwMg", "bmV3"),
        "application/rs-metadata+xml",
        number=2,
        extra="Content-Disposition: recording-session\n",
    )
    rig = run(
        tmp_path,
        transport,
        *INVITE,
        send("ACK"),
        *(alone, receive(200)),
        *(send("INVITE", offer(port=32_000), SDP, number=3), receive(200), send("ACK", number=3)),
        *BYE,
        calls=1,
    )
    (facts,) = rig.recorder.closed.values()
    assert "222" in {party.extension for party in facts.parties}
    assert ("change", 0, 32_000, "sendonly") in rig.recorder.said


def test_a_tenth_of_all_messages_lost(tmp_path: Path, transport: str) -> None:
    lost = 10 if transport == "UDP" else 0
    rig = run(
        tmp_path,
        transport,
        send("INVITE", *recording(), extra=SIPREC, lost=lost),
        receive(100, optional=True),
        receive(200, lost=lost),
        send("ACK", lost=lost),
        pause(700),
        send("BYE", number=9, lost=lost),
        receive(200, lost=lost),
        calls=40,
    )
    assert len(rig.recorder.closed) == 40
