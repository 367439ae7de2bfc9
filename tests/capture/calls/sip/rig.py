"""A real server on real sockets, and sipp at the other end of them."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from muniment.capture.calls.session import Sessions
from muniment.capture.calls.sip.server import SipServer
from muniment.core import clock
from muniment.core.call_settings import CallListener, CallSettings
from tests.capture.calls.client import METADATA, source
from tests.capture.calls.memory_recorder import MemoryRecorder


class Rig:
    """A running server and its recorder."""

    def __init__(self, server: SipServer, recorder: MemoryRecorder, ports: dict[str, int]) -> None:
        self.server = server
        self.recorder = recorder
        self.ports = ports

    async def until(self, true: Callable[[], bool], seconds: float = 20) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(seconds):
            while not true():  # noqa: ASYNC110  what is waited for is another program
                await asyncio.sleep(0.01)


@asynccontextmanager
async def running(
    listeners: tuple[CallListener, ...] = (), recorder: MemoryRecorder | None = None, **changes: object
) -> AsyncIterator[Rig]:
    """A server with these listeners, by default UDP and TCP on the loopback address."""
    given = listeners or tuple(CallListener(transport=each, listen="127.0.0.1:0") for each in ("udp", "tcp"))
    chosen: dict[str, Any] = {
        "sources": (source(networks=("127.0.0.0/8", "::1/128")),),
        "rate": 1_000_000,
        **changes,
    }
    settings = CallSettings(listeners=given, **chosen)
    kept = recorder or MemoryRecorder()
    server = SipServer(settings, Sessions(settings, kept))
    ports = dict(await server.start())
    try:
        yield Rig(server, kept, ports)
    finally:
        await server.stop()


def certificates(folder: Path, *names: str) -> Path:
    """A self-signed certificate (`NAME.pem`) with its key (`NAME.key`) for each name; `all.pem` has them all."""
    bundle = b""
    for name in names:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = clock.now()
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now.replace(year=now.year - 1, day=1))
            .not_valid_after(now.replace(year=now.year + 1, day=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        bundle += pem
        (folder / f"{name}.pem").write_bytes(pem)
        (folder / f"{name}.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    (folder / "all.pem").write_bytes(bundle)
    return folder


def client_context(folder: Path, name: str = "") -> ssl.SSLContext:
    """A client that trusts every certificate here, with one of its own where it is named."""
    context = ssl.create_default_context(cafile=str(folder / "all.pem"))
    context.check_hostname = False
    if name:
        context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context


@asynccontextmanager
async def relay(context: ssl.SSLContext, port: int) -> AsyncIterator[int]:
    """A TCP port whose connections are carried on over TLS: Debian's sipp speaks no TLS itself."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        finally:  # also where the other side was killed: neither half may keep the other waiting
            writer.close()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer), return_exceptions=True)

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()  # Python 3.12 would wait here for connections that nobody ends any more


# --- sipp ------------------------------------------------------------------------------------------------


def send(
    method: str, body: str = "", kind: str = "", *, number: int = 1, extra: str = "", lost: int = 0
) -> str:
    """One request of a scenario."""
    first = method == "INVITE" and number == 1
    to = "" if first or method == "CANCEL" else "[peer_tag_param]"
    via = (
        "[last_Via:]"
        if method == "ACK-REFUSED"
        else "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]"
    )
    method = "ACK" if method == "ACK-REFUSED" else method
    content = f"Content-Type: {kind}\n" if body else ""
    lines = (
        f"{method} sip:recorder@[remote_ip]:[remote_port] SIP/2.0\n{via}\n"
        "From: <sip:src@[local_ip]:[local_port]>;tag=[pid]t[call_number]\n"
        f"To: <sip:recorder@[remote_ip]:[remote_port]>{to}\nCall-ID: [call_id]\nCSeq: {number} {method}\n"
        "Contact: <sip:src@[local_ip]:[local_port];transport=[transport]>;+sip.src\nMax-Forwards: 70\n"
        f"Allow: INVITE, ACK, BYE, CANCEL, UPDATE\n{extra}{content}Content-Length: [len]\n\n{body}"
    )
    retransmits = "" if method == "ACK" else ' retrans="500"'
    return f"<send{retransmits}{f' lost="{lost}"' if lost else ''}><![CDATA[\n\n{lines}\n]]></send>"


def receive(status: int, *, optional: bool = False, timeout: int = 20_000, lost: int = 0) -> str:
    """One response that must come."""
    more = ' optional="true"' if optional else f' timeout="{timeout}"'
    return f'<recv response="{status}"{more}{f' lost="{lost}"' if lost else ""}></recv>'


def expect(method: str) -> str:
    """One request that must come, and our answer to it."""
    reply = "SIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\nContent-Length: 0\n\n"
    return f'<recv request="{method}" timeout="40000"></recv><send><![CDATA[\n\n{reply}\n]]></send>'


def pause(milliseconds: int) -> str:
    """A rest."""
    return f'<pause milliseconds="{milliseconds}"/>'


def offer(direction: str = "a=sendonly", address: str = "[local_ip]", port: int = 20_000) -> str:
    """A description of two streams, as sipp fills it in."""
    way = f"{direction}\n" if direction else ""
    return (
        f"v=0\no=src 1 1 IN IP[local_ip_type] [local_ip]\ns=-\nc=IN IP[local_ip_type] {address}\nt=0 0\n"
        f"m=audio {port} RTP/AVP 8 0\na=label:1\n{way}m=audio {port + 2} RTP/AVP 8 0\na=label:2\n{way}"
    )


def recording() -> tuple[str, str]:
    """A body of two parts, and its type."""
    metadata = METADATA.replace("aa11;remote=bb22", "[call_id]").replace(
        "c2Vzc2lvbi0wMDAwMDAwMQ==", "s[call_number]"
    )
    body = (
        f"--edge\nContent-Type: application/sdp\n\n{offer()}\n--edge\nContent-Type: application/rs-metadata+xml\n"
        f"Content-Disposition: recording-session\n\n{metadata}\n--edge--"
    )
    return body, "multipart/mixed; boundary=edge"


LONGEST = 100.0  # seconds; its own -timeout does not end every scenario


async def sipp(folder: Path, port: int, transport: str, *steps: str, calls: int = 20, rate: int = 50) -> str:
    """Run a scenario; what sipp complained of, empty where every call went as written."""
    path = folder / "scenario.xml"
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><scenario name="rig">' + "".join(steps) + "</scenario>"
    )
    process = await asyncio.create_subprocess_exec(
        *("nice", "sipp", "-sf", str(path), "-t", transport, "-m", str(calls), "-r", str(rate), "-l", "100"),
        *("-i", "127.0.0.1", "-nostdin", "-timeout", "50", "-timeout_error", "-trace_err", "-error_file"),
        *(str(folder / "errors.log"), f"127.0.0.1:{port}"),
        cwd=folder,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, errors = await asyncio.wait_for(process.communicate(), LONGEST)
    except TimeoutError:
        process.kill()
        _, errors = await process.communicate()
    log = folder / "errors.log"
    if process.returncode == 0:
        return ""
    return f"{process.returncode}: {errors.decode()[-500:]} {log.read_text()[:3000] if log.exists() else ''}"
