"""A dialog with a real server, and with servers that are none."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from muniment.capture.calls.switch import signalling
from muniment.capture.calls.switch.offering import BODY_TYPE, Session, Side, body
from muniment.capture.calls.switch.signalling import CallRefusedError, Dialog, Reach, Transport
from muniment.core.call_settings import CallListener
from muniment.core.errors import NotAvailableError
from tests.capture.calls.client import source
from tests.capture.calls.memory_recorder import MemoryRecorder
from tests.capture.calls.sip.rig import certificates
from tests.capture.calls.switch.recording import recording
from tests.installations import free_port, until

SIDES = (Side("sip:+441632960123@firm.example", "Ann"), Side("sip:201@firm.example"))
OFFER = body(Session("call-1", SIDES), (40_000, 40_002), "127.0.0.1", version=1, direction="sendonly")


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_it_asks_offers_and_hangs_up(transport: Transport) -> None:
    with recording() as served, Dialog(served.reach(transport), "call-1@here") as dialog:
        assert dialog.options().status == 200
        answer = dialog.invite(OFFER, BODY_TYPE)
        assert len(answer.ports) == 2
        assert all(answer.ports)
        dialog.end()
        until(lambda: bool(served.recorder.closed), seconds=60)
        assert served.recorder.facts.legs == ("call-1@here",)
        with pytest.raises(CallRefusedError, match="481"):
            dialog.end()


def test_tls_trusts_the_very_certificate_and_shows_one_where_it_is_asked_for(tmp_path: Path) -> None:
    folder = certificates(tmp_path, "recorder.test", "switch.test")
    listener = CallListener(
        transport="tls", listen="127.0.0.1:0", certificate=str(folder / "recorder.test.pem"),
        key=str(folder / "recorder.test.key"), client_authority=str(folder / "all.pem"),
    )  # fmt: skip
    files = {"authority": listener.certificate}
    own = {"certificate": str(folder / "switch.test.pem"), "key": str(folder / "switch.test.key")}
    with recording((listener,)) as served:
        with Dialog(served.reach("tls", **files, **own), "call-1@here") as dialog:
            assert dialog.options().status == 200
        with pytest.raises(NotAvailableError), Dialog(served.reach("tls", **files), "call-2@here") as dialog:
            dialog.options()
        with pytest.raises(NotAvailableError, match="secure"):
            Dialog(served.reach("tls", authority=own["certificate"], certificate=own["certificate"], key=own["key"]), "c")  # fmt: skip


def test_a_no_has_its_status() -> None:
    full = MemoryRecorder(full=True)
    with recording(recorder=full) as served, Dialog(served.reach(), "call-1@here") as dialog:
        with pytest.raises(CallRefusedError) as refused:
            dialog.invite(OFFER, BODY_TYPE)
        assert refused.value.status == 503
        assert dialog.options().status == 503


def test_a_stranger_is_let_go_and_told_where_to_look() -> None:
    elsewhere = (source(networks=("192.0.2.0/24",)),)
    with recording(sources=elsewhere) as served:
        with Dialog(served.reach("tcp"), "call-1@here") as dialog, pytest.raises(NotAvailableError) as gone:
            dialog.options()
        assert "networks" in gone.value.remedy or "doctor" in gone.value.remedy


def test_where_nobody_listens_it_says_so() -> None:
    with pytest.raises(NotAvailableError, match="Nobody listens"):
        Dialog(Reach("tcp", "127.0.0.1", free_port()), "call-1@here")


def test_it_says_where_it_will_speak_from_before_it_does() -> None:
    told: list[tuple[str, int]] = []
    with (
        recording() as served,
        Dialog(served.reach(), "c", announce=lambda host, port: told.append((host, port))) as dialog,
    ):
        assert told == [dialog.local]


@contextmanager
def deaf(times: int) -> Iterator[tuple[int, list[bytes]]]:
    """A UDP server that answers only what it hears for the last of so many times."""
    heard: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                data, peer = server.recvfrom(65_536)
                heard.append(data)
                if len(heard) == times:
                    break
            lines = [line for line in data.decode().split("\r\n") if line.split(":")[0] in {"Via", "From", "To", "Call-ID", "CSeq"}]  # fmt: skip
            for status in ("100 Trying", "200 OK"):
                server.sendto("\r\n".join([f"SIP/2.0 {status}", *lines, "l: 0", "", ""]).encode(), peer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], heard
        thread.join(60)


def test_a_lost_datagram_is_sent_again() -> None:
    with deaf(2) as (port, heard), Dialog(Reach("udp", "127.0.0.1", port), "call-1@here") as dialog:
        assert dialog.options().status == 200
        assert heard[0] == heard[1]


def test_silence_ends_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signalling, "PATIENCE", 0.3)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        with (
            Dialog(Reach("udp", "127.0.0.1", server.getsockname()[1]), "call-1@here") as dialog,
            pytest.raises(NotAvailableError, match="did not answer OPTIONS"),
        ):
            dialog.options()
