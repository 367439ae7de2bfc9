"""Real sockets: every transport and family, who is let in, who is let go."""

import asyncio
import socket
import ssl
from pathlib import Path

import pytest

from muniment.capture.calls.sip import server as module
from muniment.capture.calls.sip.parsing import LARGEST_MESSAGE
from muniment.core.call_settings import CallListener
from muniment.core.errors import NotAvailableError
from tests.capture.calls.client import Caller, Desk, multipart, source
from tests.capture.calls.sip.rig import certificates, client_context, running


def message(method: str = "OPTIONS", body: bytes = b"", transport: str = "TCP") -> bytes:
    """A request as a client writes it."""
    return Caller(Desk(transport=transport)).message(method, body)  # type: ignore[arg-type]  # one of the three


async def answered(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(5):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return head + await reader.readexactly(length)


@pytest.mark.parametrize("address", ["127.0.0.1:0", "[::1]:0", "0.0.0.0:0", "[::]:0"])
@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_call_comes_in_over_every_family(address: str, transport: str) -> None:
    host = "::1" if ":" in address.rpartition(":")[0] else "127.0.0.1"

    async def go() -> None:
        listener = CallListener(transport=transport, listen=address)
        async with running((listener,)) as rig:
            port = rig.ports[transport]
            invite = message("INVITE", multipart(), transport.upper())
            if transport == "tcp":
                reader, writer = await asyncio.open_connection(host, port)
                writer.write(invite)
                heard = await answered(reader)
            else:
                family = socket.AF_INET6 if ":" in host else socket.AF_INET
                with socket.socket(family, socket.SOCK_DGRAM) as client:
                    client.bind((host, 0))
                    client.setblocking(False)
                    own = client.getsockname()[1]
                    client.sendto(
                        invite.replace(b"192.0.2.20:5060", f"192.0.2.20:{own}".encode()), (host, port)
                    )
                    heard = await asyncio.get_running_loop().sock_recv(client, 65_536)
            assert heard.startswith(b"SIP/2.0 200 ")
            shown = f"[{host}]" if ":" in host else host
            assert f"@{shown}:{port}".encode() in heard
            assert f"IN IP{'6' if ':' in host else '4'} {host}\r\n".encode() in heard
            assert f"received={host}".encode() in heard

    asyncio.run(go())


def test_messages_may_come_in_pieces_or_together_and_a_keep_alive_is_answered() -> None:
    async def go() -> None:
        async with running() as rig:
            reader, writer = await asyncio.open_connection("127.0.0.1", rig.ports["tcp"])
            for byte in message():
                writer.write(bytes([byte]))
                await writer.drain()
            assert (await answered(reader)).startswith(b"SIP/2.0 200 ")
            writer.write(message() + b"\r\n\r\n" + message())
            heard = await answered(reader)
            rest = await answered(reader)
            assert b"\r\n" in (heard + rest)
            assert (heard + rest).count(b"SIP/2.0 200 ") == 2

    asyncio.run(go())


def test_a_cancel_read_together_with_its_invite_wins() -> None:
    async def go() -> None:
        async with running() as rig:
            caller = Caller(Desk(transport="TCP"))
            invite, cancel = caller.message("INVITE", multipart()), caller.message("CANCEL", number=1)
            reader, writer = await asyncio.open_connection("127.0.0.1", rig.ports["tcp"])
            writer.write(invite + cancel)
            assert (await answered(reader)).startswith(b"SIP/2.0 200 ")
            assert (await answered(reader)).startswith(b"SIP/2.0 487 ")
            assert rig.recorder.said == []

    asyncio.run(go())


def test_a_stream_that_is_no_sip_is_closed_and_others_go_on() -> None:
    async def go() -> None:
        async with running() as rig:
            good_reader, good_writer = await asyncio.open_connection("127.0.0.1", rig.ports["tcp"])
            for rubbish in (
                b"GET / HTTP/1.1\r\n\r\n",
                b"A" * (LARGEST_MESSAGE + 1),
                b"\x16\x03\x01\x00\xa5\x01\r\n\r\n",
            ):
                reader, writer = await asyncio.open_connection("127.0.0.1", rig.ports["tcp"])
                writer.write(rubbish)
                async with asyncio.timeout(5):
                    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                        await reader.readexactly(1)
            good_writer.write(message())
            assert (await answered(good_reader)).startswith(b"SIP/2.0 200 ")

    asyncio.run(go())


def test_who_begins_a_message_and_never_ends_it_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MESSAGE_SECONDS", 0.3)
    monkeypatch.setattr(module, "SILENT_SECONDS", 0.3)
    monkeypatch.setattr(module, "SWEEP", 0.05)

    async def go() -> None:
        async with running() as rig:
            slow = await asyncio.open_connection("127.0.0.1", rig.ports["tcp"])
            silent = await asyncio.open_connection("127.0.0.1", rig.ports["tcp"])
            good = await asyncio.open_connection("127.0.0.1", rig.ports["tcp"])
            good[1].write(message())
            assert await answered(good[0])
            slow[1].write(b"INVITE sip:x SIP/2.0\r\nVia: ")
            await rig.until(lambda: len(rig.server.connections) == 1)
            for reader, _ in (slow, silent):
                with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                    await reader.readexactly(1)
            good[1].write(message())
            assert await answered(good[0])

    asyncio.run(go())


def test_one_address_does_not_get_all_connections_and_a_stranger_gets_none() -> None:
    async def go() -> None:
        async with running(connections=8) as rig:
            opened = [await asyncio.open_connection("127.0.0.1", rig.ports["tcp"]) for _ in range(5)]
            await rig.until(lambda: len(rig.server.connections) == 2)
            for _, writer in opened:
                writer.close()
            await rig.until(lambda: not rig.server.connections)
            assert not rig.server.of_host
        async with running(sources=(source(networks=("192.0.2.0/24",)),)) as rig:
            reader, _ = await asyncio.open_connection("127.0.0.1", rig.ports["tcp"])
            with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                await reader.readexactly(1)

    asyncio.run(go())


@pytest.mark.parametrize(("shown", "status"), [("sbc.example", b"200"), ("other.example", b"403")])
def test_mutual_tls_admits_by_the_names_in_the_certificate(tmp_path: Path, shown: str, status: bytes) -> None:
    certificates(tmp_path, "recorder", "sbc.example", "other.example")
    listener = CallListener(
        transport="tls",
        listen="127.0.0.1:0",
        certificate=str(tmp_path / "recorder.pem"),
        key=str(tmp_path / "recorder.key"),
        client_authority=str(tmp_path / "all.pem"),
    )
    only = source(networks=(), certificate_names=("sbc.example",))

    async def go() -> None:
        async with running((listener,), sources=(only,)) as rig:
            context = client_context(tmp_path, shown)
            reader, writer = await asyncio.open_connection("127.0.0.1", rig.ports["tls"], ssl=context)
            writer.write(message("INVITE", multipart(), "TLS"))
            heard = await answered(reader)
            assert heard.startswith(b"SIP/2.0 " + status)
            assert (b";transport=tls>;+sip.srs" in heard) == (status == b"200")

    asyncio.run(go())


async def asked(port: int, context: ssl.SSLContext) -> bytes:
    """What is answered to a question over TLS."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    writer.write(message("OPTIONS", transport="TLS"))
    return await answered(reader)


def test_without_a_certificate_mutual_tls_lets_nobody_speak(tmp_path: Path) -> None:
    certificates(tmp_path, "recorder")
    listener = CallListener(
        transport="tls",
        listen="127.0.0.1:0",
        certificate=str(tmp_path / "recorder.pem"),
        key=str(tmp_path / "recorder.key"),
        client_authority=str(tmp_path / "all.pem"),
    )

    async def go() -> None:
        async with running((listener,)) as rig:
            with pytest.raises((ssl.SSLError, ConnectionError, asyncio.IncompleteReadError)):
                await asked(rig.ports["tls"], client_context(tmp_path))

    asyncio.run(go())


def test_a_listener_without_its_certificate_says_so(tmp_path: Path) -> None:
    async def go(listener: CallListener) -> None:
        async with running((listener,)):
            pass

    with pytest.raises(NotAvailableError, match="no certificate"):
        asyncio.run(go(CallListener(transport="tls", listen="127.0.0.1:0")))
    missing = CallListener(transport="tls", listen="127.0.0.1:0", certificate=str(tmp_path / "absent.pem"))
    with pytest.raises(NotAvailableError, match="cannot be used"):
        asyncio.run(go(missing))


def test_when_the_connection_is_gone_our_bye_goes_over_a_new_one() -> None:
    async def go() -> None:
        heard = asyncio.Event()

        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if (await reader.readuntil(b"\r\n")).startswith(b"BYE "):
                heard.set()
            writer.close()

        client = await asyncio.start_server(listen, "127.0.0.1", 0)
        own = client.sockets[0].getsockname()[1]
        async with client, running() as rig:
            reader, writer = await asyncio.open_connection("127.0.0.1", rig.ports["tcp"])
            caller = Caller(
                Desk(transport="TCP"), Contact=f"<sip:src@127.0.0.1:{own};transport=tcp>;+sip.src"
            )
            writer.write(caller.message("INVITE", multipart()))
            await answered(reader)
            writer.close()
            await rig.until(lambda: not rig.server.connections)
            (dialog,) = rig.server.agent.dialogs
            rig.server.carry_out(rig.server.agent.end(dialog, "failed", rig.server.now()))
            async with asyncio.timeout(5):
                await heard.wait()

    asyncio.run(go())


def test_a_stop_says_bye_and_closes_calls() -> None:
    async def go() -> None:
        async with running() as rig:
            reader, writer = await asyncio.open_connection("127.0.0.1", rig.ports["tcp"])
            writer.write(message("INVITE", multipart()))
            await answered(reader)
        assert b"BYE " in await reader.read(65_536)
        assert "the recorder was stopped during the call" in rig.recorder.facts.defects

    asyncio.run(go())


def test_ten_thousand_half_open_calls_over_udp_are_bounded_and_another_call_is_untouched() -> None:
    async def go() -> None:
        async with running(half_open=400) as rig:
            reader, writer = await asyncio.open_connection("127.0.0.1", rig.ports["tcp"])
            good = Caller(Desk(transport="TCP"))
            writer.write(good.message("INVITE", multipart(metadata=good.metadata)))
            first = await answered(reader)
            good.to_tag = (
                first.partition(b"\r\nTo: ")[2].partition(b";tag=")[2].partition(b"\r\n")[0].decode()
            )
            writer.write(good.message("ACK", number=1))
            desk = Desk()
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flood:
                for number in range(10_000):
                    caller = Caller(desk)
                    flood.sendto(
                        caller.message("INVITE", multipart(metadata=caller.metadata)),
                        ("127.0.0.1", rig.ports["udp"]),
                    )
                    if number % 50 == 0:
                        await asyncio.sleep(0)
            writer.write(good.message("UPDATE"))
            assert (await answered(reader)).startswith(b"SIP/2.0 200 ")
            await asyncio.sleep(0.2)
            assert len(rig.server.agent.dialogs) <= 101
            assert len(rig.server.agent._transactions) <= 110
            assert rig.server.agent.counts["half-open dialogs"] > 0

    asyncio.run(go())
