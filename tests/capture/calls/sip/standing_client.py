"""A recording client on a real socket that waits to be invited, and then records what it is told to."""

import re
import secrets
import socket
from typing import Self

from muniment.capture.calls.switch.offering import BODY_TYPE, Session, body
from tests.installations import free_port

PATIENCE = 60.0
ALLOW = "INVITE, ACK, BYE, CANCEL, UPDATE"


class StandingClient:
    """One client over TCP. Use it as a context manager."""

    def __init__(self, port: int = 0) -> None:
        self.port = port or free_port()
        self.streams = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        for each in self.streams:
            each.bind(("127.0.0.1", 0))
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._listener.settimeout(PATIENCE)
        self._way: socket.socket | None = None
        self._held = b""
        self._tag, self._number = secrets.token_hex(6), 0
        self.invite = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self._way, self._listener, *self.streams):
            if each is not None:
                each.close()

    @property
    def uri(self) -> str:
        """What stands in the settings."""
        return f"sip:recording@127.0.0.1:{self.port};transport=tcp"

    def invited(self) -> str:
        """The next invitation."""
        while True:
            try:
                message = self._message()
            except ConnectionError:
                self._way = None
                continue
            if message.startswith("INVITE "):
                self.invite = message
                return message

    def refuse(self, status: int) -> str:
        """Say no; the ACK."""
        self._answer(self.invite, status)
        return self._message()

    def accept(self, session: Session, direction: str = "inactive") -> str:
        """Say yes, and offer; the ACK with the answer."""
        self._answer(self.invite, 200, self.described(session, direction))
        return self._message()

    def change(self, session: Session, direction: str = "sendonly") -> list[int]:
        """Offer again in the dialog, and acknowledge; the ports of the answer."""
        answer = self.ask("INVITE", self.described(session, direction))
        self._send(self._request("ACK", b"", self._number))
        return [int(port) for port in re.findall(r"(?m)^m=audio (\d+)", answer)]

    def described(self, session: Session, direction: str) -> bytes:
        """Description and metadata."""
        ports = [each.getsockname()[1] for each in self.streams]
        return body(session, ports, "127.0.0.1", version=self._number + 2, direction=direction)

    def ask(self, method: str, content: bytes = b"") -> str:
        """A request in the dialog; its final answer. What the recorder asks meanwhile is answered 200."""
        self._number += 1
        self._send(self._request(method, content, self._number))
        while True:
            message = self._message()
            if message.startswith("SIP/2.0 ") and f"CSeq: {self._number} {method}" in message:
                if int(message[8:11]) >= 200:
                    return message
            elif not message.startswith(("SIP/2.0", "ACK")):
                self._answer(message, 200)

    def hung_up(self) -> bool:
        """Wait for the recorder's BYE, and answer it."""
        while True:
            message = self._message()
            if message.startswith("BYE "):
                self._answer(message, 200)
                return True

    def _request(self, method: str, content: bytes, number: int) -> bytes:
        target = re.findall(r"(?m)^Contact: <(.+?)>", self.invite)[0]
        lines = [
            f"{method} {target} SIP/2.0",
            f"Via: SIP/2.0/TCP 127.0.0.1:{self.port};branch=z9hG4bK{secrets.token_hex(8)}",
            f"From: {_field(self.invite, 'To')};tag={self._tag}",
            f"To: {_field(self.invite, 'From')}",
            f"Call-ID: {_field(self.invite, 'Call-ID')}",
            f"CSeq: {number} {method}",
            f"Contact: <{self.uri}>;+sip.src",
            "Require: siprec",
            "Max-Forwards: 70",
            *((f"Content-Type: {BODY_TYPE}",) if content else ()),
            f"Content-Length: {len(content)}",
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + content

    def _answer(self, request: str, status: int, content: bytes = b"") -> None:
        to = _field(request, "To")
        lines = [
            f"SIP/2.0 {status} Whatever",
            *(f"{name}: {_field(request, name)}" for name in ("Via", "From", "Call-ID", "CSeq")),
            f"To: {to if ';tag=' in to else f'{to};tag={self._tag}'}",
            f"Contact: <{self.uri}>;+sip.src",
            f"Allow: {ALLOW}",
            *((f"Content-Type: {BODY_TYPE}",) if content else ()),
            f"Content-Length: {len(content)}",
        ]
        self._send("\r\n".join(lines).encode() + b"\r\n\r\n" + content)

    def _send(self, data: bytes) -> None:
        assert self._way is not None
        self._way.sendall(data)

    def _message(self) -> str:
        if self._way is None:
            self._way, _ = self._listener.accept()
            self._way.settimeout(PATIENCE)
            self._held = b""
        while True:
            self._held = self._held.lstrip(b"\r\n")
            head, whole, rest = self._held.partition(b"\r\n\r\n")
            length = re.search(rb"(?im)^content-length: (\d+)", head)
            size = int(length[1]) if length else 0
            if whole and len(rest) >= size:
                self._held = rest[size:]
                return (head + whole + rest[:size]).decode()
            piece = self._way.recv(65_536)
            if not piece:
                raise ConnectionError("the recorder closed")
            self._held += piece


def _field(message: str, name: str) -> str:
    return str(re.findall(rf"(?m)^{name}: (.*?)\r$", message)[0]).strip()
