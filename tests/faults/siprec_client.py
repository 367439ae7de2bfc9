"""A recording client as a switch has one: SIPREC over TCP, and the sound of two people by RTP."""

import re
import socket
import struct
import time
from dataclasses import dataclass, field
from typing import Self

METADATA = """<?xml version="1.0" encoding="UTF-8"?>
<recording xmlns="urn:ietf:params:xml:ns:recording:1"><datamode>complete</datamode>
<session session_id="hVpd7YQgRW2nD22h7q60JQ=="><sipSessionID>ab30317f1a784dc48ff824d0d3715d86;remote=47755a9de7794ba387653f2099600ef2</sipSessionID></session>
<participant participant_id="srfBElmCRp2QB23b7Mpk0w=="><nameID aor="sip:+441632960123@firm.example"><name>Caller</name></nameID></participant>
<participant participant_id="zSfPoSvdSDCmU3A3TRDxAw=="><nameID aor="sip:201@firm.example"><name>Agent</name></nameID></participant>
<stream stream_id="UAAMm5GRQKSCMVvLyl4rFw==" session_id="hVpd7YQgRW2nD22h7q60JQ=="><label>1</label></stream>
<stream stream_id="i1Pz3to5hGk8fuXl+PbwCw==" session_id="hVpd7YQgRW2nD22h7q60JQ=="><label>2</label></stream>
<participantstreamassoc participant_id="srfBElmCRp2QB23b7Mpk0w=="><send>UAAMm5GRQKSCMVvLyl4rFw==</send><recv>i1Pz3to5hGk8fuXl+PbwCw==</recv></participantstreamassoc>
<participantstreamassoc participant_id="zSfPoSvdSDCmU3A3TRDxAw=="><send>i1Pz3to5hGk8fuXl+PbwCw==</send><recv>UAAMm5GRQKSCMVvLyl4rFw==</recv></participantstreamassoc>
</recording>
"""
PACKET = 160  # samples of G.711 in 20 ms
EVENT = 101  # payload type of telephone events
LEVEL = b"\xb9\xd3\x5eof no other\xf7"  # end and volume, duration, and octets that nothing else has


@dataclass
class Switch:
    """One call that it has recorded. Use it as a context manager."""

    port: int
    name: str = "call-1"
    sent: list[list[bytes]] = field(default_factory=lambda: [[], []])
    pressed: list[bytes] = field(default_factory=list)
    events: bool = False
    """Whether telephone events are offered."""

    def __enter__(self) -> Self:
        self._sip = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        self._rtp = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        for each in self._rtp:
            each.bind(("127.0.0.1", 0))
        self._host, self._to, self._number, self._version = self._sip.getsockname()[1], "", 0, 0
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self._sip, *self._rtp):
            each.close()

    def begin(self) -> None:
        """Ask for a recording; an AssertionError if it is not taken."""
        self.offer("sendonly")

    def offer(self, direction: str) -> None:
        """An INVITE, the first or a further one, whose streams all have this direction."""
        body = self._body(direction)
        answer = self._ask("INVITE", body, "multipart/mixed;boundary=part")
        assert answer.startswith("SIP/2.0 200"), answer
        self._to = re.findall(r"(?im)^(?:to|t):\s*(.+?)\r", answer)[0]
        self._ports = [int(port) for port in re.findall(r"(?m)^m=audio (\d+)", answer)]
        self._send("ACK", "", "", self._number)

    def speak(self, packets: int, fill: int) -> None:
        """Send some 20 ms packets on both streams in real time; each payload is its own."""
        for _ in range(packets):
            for stream in range(2):
                count = len(self.sent[stream])
                payload = bytes((fill + stream, *struct.pack(">I", count))) * (PACKET // 5)
                self._packet(stream, 0, payload, count * PACKET)
            time.sleep(0.005)

    def say(self, packets: int, payload: bytes) -> None:
        """Send the same payload some times on both streams."""
        for _ in range(packets):
            for stream in range(2):
                self._packet(stream, 0, payload, len(self.sent[stream]) * PACKET)
            time.sleep(0.005)

    def press(self, stream: int, keys: str) -> None:
        """Press keys as telephone events (RFC 4733): each is one event of three packets, with a level of our own."""
        for key in keys:
            stamp = len(self.sent[stream]) * PACKET
            payload = bytes(("0123456789*#".index(key), *LEVEL))
            for _ in range(3):
                self._packet(stream, EVENT, payload, stamp)
            self.pressed.append(payload)
            time.sleep(0.02)

    def _packet(self, stream: int, kind: int, payload: bytes, stamp: int) -> None:
        number = len(self.sent[stream])
        header = struct.pack(">BBHII", 0x80, kind, number & 0xFFFF, stamp & 0xFFFF_FFFF, 7000 + stream)
        self._rtp[stream].sendto(header + payload, ("127.0.0.1", self._ports[stream]))
        self.sent[stream].append(payload)

    def end(self) -> None:
        """BYE; an AssertionError if it is not understood."""
        assert self._ask("BYE", "", "").startswith("SIP/2.0 200")

    def _ask(self, method: str, body: str, kind: str) -> str:
        self._number += 1
        self._send(method, body, kind, self._number)
        while True:
            answer = self._receive()
            if not answer.startswith("SIP/2.0 1") and f"{self._number} {method}" in answer:
                return answer

    def _send(self, method: str, body: str, kind: str, number: int) -> None:
        data = body.encode()
        lines = [
            f"{method} sip:recorder@127.0.0.1:{self.port} SIP/2.0",
            f"Via: SIP/2.0/TCP 127.0.0.1:{self._host};branch=z9hG4bK{self.name}{number}{method}",
            "Max-Forwards: 70",
            f"From: <sip:sbc@firm.example>;tag={self.name}",
            f"To: {self._to or '<sip:recorder@127.0.0.1>'}",
            f"Call-ID: {self.name}@firm.example",
            f"CSeq: {number} {method}",
            f"Contact: <sip:sbc@127.0.0.1:{self._host};transport=tcp>;+sip.src",
            "Require: siprec",
            *((f"Content-Type: {kind}",) if kind else ()),
            f"Content-Length: {len(data)}",
        ]
        self._sip.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + data)

    def _receive(self) -> str:
        held = b""
        while b"\r\n\r\n" not in held:
            piece = self._sip.recv(65536)
            assert piece, "the recorder hung up"
            held += piece
        head, _, body = held.partition(b"\r\n\r\n")
        length = int(re.findall(rb"(?im)^(?:content-length|l):\s*(\d+)", head)[0])
        while len(body) < length:
            body += self._sip.recv(65536)
        return (head + b"\r\n\r\n" + body).decode()

    def _body(self, direction: str) -> str:
        self._version += 1
        events, named = (
            (f" {EVENT}", f"a=rtpmap:{EVENT} telephone-event/8000\r\n") if self.events else ("", "")
        )
        media = "".join(
            f"m=audio {way.getsockname()[1]} RTP/AVP 0{events}\r\na=rtpmap:0 PCMU/8000\r\n{named}a=label:{label}\r\na={direction}\r\n"
            for label, way in enumerate(self._rtp, 1)
        )
        sdp = (
            f"v=0\r\no=- 1 {self._version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n{media}"
        )
        return (
            f"--part\r\nContent-Type: application/sdp\r\n\r\n{sdp}\r\n"
            "--part\r\nContent-Type: application/rs-metadata+xml\r\nContent-Disposition: recording-session\r\n\r\n"
            f"{METADATA}\r\n--part--\r\n"
        )
