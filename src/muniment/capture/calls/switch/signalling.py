"""SIP from the side that calls: one connection, one dialog, one question at a time (RFC 3261)."""

import re
import secrets
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Self

from muniment.core.errors import NotAvailableError, RefusedError

type Transport = Literal["udp", "tcp", "tls"]

PATIENCE = 20.0  # seconds for an answer
FIRST_REPEAT = 0.5  # seconds before a datagram is sent again (T1, RFC 3261 section 17.1.1.1)
_MOST = 65_536
_OK = 200
_FINAL = 200


@dataclass(frozen=True)
class Reach:
    """How the recorder is reached. The files are for TLS: whom to trust, and who we are."""

    transport: Transport
    host: str
    port: int
    authority: str = ""
    certificate: str = ""
    key: str = ""


class CallRefusedError(RefusedError):
    """The recorder said no; `status` is the SIP status."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__("The recorder refused the call.", why=f"It answered {status} {reason}.")
        self.status = status


@dataclass(frozen=True)
class Answer:
    """A final answer."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: str

    @property
    def ports(self) -> tuple[int, ...]:
        """Where the recorder takes sound, stream by stream; 0 for one that it does not take."""
        return tuple(int(port) for port in re.findall(r"(?m)^m=audio (\d+)", self.body))


@dataclass
class Dialog:
    """One dialog with a recorder. Use it as a context manager, or `close` it."""

    reach: Reach
    call: str
    """The Call-ID."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Further header fields of its INVITEs."""
    announce: Callable[[str, int], object] = lambda _host, _port: None
    """Is told where we shall speak from, before we do."""
    _to: str = ""
    _number: int = 0
    _held: bytes = b""

    def __post_init__(self) -> None:
        self._tag = secrets.token_hex(8)
        self._way = _connected(self.reach, self.announce)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up the connection; the recorder hears no BYE from it."""
        self._way.close()

    @property
    def local(self) -> tuple[str, int]:
        """Where we speak from."""
        host, port = self._way.getsockname()[:2]
        return str(host), int(port)

    def invite(self, body: bytes, kind: str) -> Answer:
        """Offer a recording, or change one; the answer is acknowledged. CallRefusedError where it is a no."""
        answer = self._ask("INVITE", body, kind)
        self._to = answer.headers.get("to", self._to) if answer.status == _OK else self._to
        self._send("ACK", b"", "", self._number)
        if answer.status != _OK:
            raise CallRefusedError(answer.status, answer.reason)
        return answer

    def options(self) -> Answer:
        """Ask whether a call could be kept (200) or not (503)."""
        return self._ask("OPTIONS", b"", "")

    def end(self) -> None:
        """BYE. CallRefusedError where the recorder knows no such call."""
        answer = self._ask("BYE", b"", "")
        if answer.status != _OK:
            raise CallRefusedError(answer.status, answer.reason)

    def _ask(self, method: str, body: bytes, kind: str) -> Answer:
        self._number += 1
        deadline, wait = time.monotonic() + PATIENCE, FIRST_REPEAT
        while True:
            self._send(method, body, kind, self._number)
            until = deadline
            if self.reach.transport == "udp":
                until = min(deadline, time.monotonic() + wait)
                wait *= 2
            while (answer := self._receive(until)) is not None:
                if answer.status >= _FINAL and answer.headers.get("cseq", "") == f"{self._number} {method}":
                    return answer
            if time.monotonic() >= deadline:
                raise NotAvailableError(
                    f"The recorder did not answer {method}.",
                    why=f"Nothing came within {PATIENCE:.0f} seconds.",
                    remedy="Look at its log, and at firewalls between here and there.",
                )

    def _send(self, method: str, body: bytes, kind: str, number: int) -> None:
        host, port = self.local
        shown = f"[{host}]" if ":" in host else host
        target = f"[{self.reach.host}]" if ":" in self.reach.host else self.reach.host
        own = {"Require": "siprec", **self.headers} if method == "INVITE" else {}
        branch = f"z9hG4bK{self._tag}{number}{method}"
        lines = [
            f"{method} sip:recorder@{target}:{self.reach.port};transport={self.reach.transport} SIP/2.0",
            f"Via: SIP/2.0/{self.reach.transport.upper()} {shown}:{port};rport;branch={branch}",
            "Max-Forwards: 70",
            f"From: <sip:client@{shown}>;tag={self._tag}",
            f"To: {self._to or f'<sip:recorder@{target}>'}",
            f"Call-ID: {self.call}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:client@{shown}:{port};transport={self.reach.transport}>;+sip.src",
            *(f"{name}: {value}" for name, value in own.items()),
            *((f"Content-Type: {kind}",) if kind else ()),
            f"Content-Length: {len(body)}",
        ]
        try:
            self._way.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        except OSError as error:
            raise _away(error) from error

    def _receive(self, until: float) -> Answer | None:
        """The next answer, None once the time is over; what the recorder asks meanwhile is passed over."""
        while True:
            text = self._message(until)
            if text is None:
                return None
            if text.startswith("SIP/2.0 "):
                return _parsed(text)

    def _message(self, until: float) -> str | None:
        """The next whole message."""
        while True:
            self._held = self._held.lstrip(b"\r\n")
            head, found, rest = self._held.partition(b"\r\n\r\n")
            length = re.search(rb"(?im)^(?:content-length|l)\s*:\s*(\d+)", head)
            size = int(length[1]) if length else 0
            if found and len(rest) >= size:
                self._held = rest[size:]
                return (head + found + rest[:size]).decode("utf-8", "replace")
            left = until - time.monotonic()
            if left <= 0:
                return None
            self._way.settimeout(left)
            try:
                piece = self._way.recv(_MOST)
            except TimeoutError:
                return None
            except OSError as error:
                raise _away(error) from error
            if not piece and self.reach.transport != "udp":
                raise NotAvailableError(
                    "The recorder closed the connection.",
                    why="It does not listen to this address, or wants a certificate.",
                    remedy="See `networks`, `certificate_names` and `client_authority` in [calls].",
                )
            self._held += piece


def _connected(reach: Reach, announce: Callable[[str, int], object]) -> socket.socket:
    """A way to the recorder. NotAvailableError where there is none."""
    family = socket.AF_INET6 if ":" in reach.host else socket.AF_INET
    datagrams = socket.socket(family, socket.SOCK_DGRAM)
    try:
        datagrams.connect((reach.host, reach.port))
        host, port = datagrams.getsockname()[:2]
        if reach.transport == "udp":
            announce(host, port)
            return datagrams
        datagrams.close()
        way = socket.socket(family, socket.SOCK_STREAM)
        way.bind((host, 0))
        announce(host, way.getsockname()[1])
        way.settimeout(PATIENCE)
        way.connect((reach.host, reach.port))
        return _secured(way, reach) if reach.transport == "tls" else way
    except ssl.SSLError as error:
        raise NotAvailableError(
            "No secure connection could be made.",
            why=f"{error.reason or 'The certificates do not fit'}.",
            remedy="Give --certificate and --key where the recorder asks for them.",
        ) from error
    except OSError as error:
        raise NotAvailableError(
            f"Nobody listens at {reach.host}:{reach.port} ({reach.transport}).",
            why=f"{error.strerror or error}.",
            remedy="Is muniment serve running, and is this one of [[calls.listeners]]?",
        ) from error


def _secured(way: socket.socket, reach: Reach) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # we hold the very certificate that it must have
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(reach.authority)
    if reach.certificate:
        context.load_cert_chain(reach.certificate, reach.key or None)
    return context.wrap_socket(way, server_hostname=reach.host)


def _parsed(text: str) -> Answer:
    head, _, body = text.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    _, status, reason = (*first.split(" ", 2), "", "")[:3]
    names = {"t": "to", "f": "from", "i": "call-id", "l": "content-length", "v": "via"}
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        lowered = name.strip().lower()
        headers.setdefault(names.get(lowered, lowered), value.strip())
    return Answer(int(status), reason, headers, body)


def _away(error: OSError) -> NotAvailableError:
    return NotAvailableError(
        "The recorder went away.", why=f"{error.strerror or error}.", remedy="See muniment doctor."
    )
