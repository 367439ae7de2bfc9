"""A recording client at the other end of the conversation, without a socket and with a clock of its own."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from muniment.capture.calls.session import Sessions
from muniment.capture.calls.sip.agent import Agent, Terms
from muniment.capture.calls.sip.flows import Close, Command, Flow, Place, Send, Transport
from muniment.capture.calls.sip.limits import Limits
from muniment.capture.calls.sip.message import Message, Request, Response
from muniment.capture.calls.sip.parsing import parse
from muniment.core.call_settings import CallSettings, CallSource
from muniment.core.card_settings import CardRule
from muniment.core.line_settings import LineSettings
from muniment.core.rule_settings import RecordingRule
from tests.capture.calls.memory_recorder import MemoryRecorder

ORGANISATION = "org_aaaaaaaaaaaaaaaaaaaaaaaaaa"
HERE = Place("192.0.2.10", 5060)
THERE = Place("192.0.2.20", 5060)

SDP = (
    "v=0\r\no=src 1 1 IN IP4 192.0.2.20\r\ns=-\r\nc=IN IP4 192.0.2.20\r\nt=0 0\r\n"
    "m=audio 20000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=label:1\r\na=sendonly\r\n"
    "m=audio 20002 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=label:2\r\na=sendonly\r\n"
)

METADATA = """<?xml version="1.0" encoding="UTF-8"?>
<recording xmlns="urn:ietf:params:xml:ns:recording:1">
<datamode>complete</datamode>
<session session_id="c2Vzc2lvbi0wMDAwMDAwMQ=="><sipSessionID>aa11;remote=bb22</sipSessionID></session>
<participant participant_id="cGFydHktMDAwMDAwMDAwMQ=="><nameID aor="sip:+441632960123@example.net">
<name xml:lang="en">Ann Caller</name></nameID></participant>
<participant participant_id="cGFydHktMDAwMDAwMDAwMg=="><nameID aor="sip:201@example.org"/></participant>
<stream stream_id="c3RyZWFtLTAwMDAwMDAwMQ==" session_id="c2Vzc2lvbi0wMDAwMDAwMQ=="><label>1</label></stream>
<stream stream_id="c3RyZWFtLTAwMDAwMDAwMg==" session_id="c2Vzc2lvbi0wMDAwMDAwMQ=="><label>2</label></stream>
<participantstreamassoc participant_id="cGFydHktMDAwMDAwMDAwMQ=="><send>c3RyZWFtLTAwMDAwMDAwMQ==</send>
<recv>c3RyZWFtLTAwMDAwMDAwMg==</recv></participantstreamassoc>
<participantstreamassoc participant_id="cGFydHktMDAwMDAwMDAwMg=="><send>c3RyZWFtLTAwMDAwMDAwMg==</send>
<recv>c3RyZWFtLTAwMDAwMDAwMQ==</recv></participantstreamassoc>
</recording>
"""


def multipart(sdp: str = SDP, metadata: str = METADATA, boundary: str = "edge") -> bytes:
    """A body of two parts."""
    return (
        f"--{boundary}\r\nContent-Type: application/sdp\r\n\r\n{sdp}\r\n"
        f"--{boundary}\r\nContent-Type: application/rs-metadata+xml\r\n"
        f"Content-Disposition: recording-session\r\n\r\n{metadata}\r\n--{boundary}--\r\n"
    ).encode()


@dataclass
class Desk:
    """An agent with its recorder, and the time."""

    sources: tuple[CallSource, ...] = ()
    limits: Limits | None = None
    transport: Transport = "UDP"
    session_seconds: int = 1800
    recorder: MemoryRecorder = field(default_factory=MemoryRecorder)
    now: float = 1000.0
    card: tuple[CardRule, ...] = ()
    longest_silence: int = 900
    rules: tuple[RecordingRule, ...] = ()
    lines: tuple[LineSettings, ...] = ()

    def __post_init__(self) -> None:
        sources = self.sources or (source(),)
        settings = CallSettings(
            sources=sources,
            card=self.card,
            longest_silence=self.longest_silence,
            rule=self.rules,
            line=self.lines,
        )
        self.sessions = Sessions(settings, self.recorder, lambda: int(self.now * 1000))
        self.agent = Agent(Terms("", self.session_seconds), self.sessions, self.limits)
        self.commands: list[Command] = []

    def flow(self, peer: Place = THERE) -> Flow:
        return Flow(self.transport, HERE, peer, 0 if self.transport == "UDP" else 1)

    def deliver(self, data: bytes, flow: Flow | None = None, *, decide: bool = True) -> list[Message]:
        """Let a message arrive; what is sent back."""
        commands = self.agent.receive(data, flow or self.flow(), self.now)
        if decide:
            commands += self.agent.decide(self.now)
        return self._sent(commands)

    def decide(self) -> list[Message]:
        return self._sent(self.agent.decide(self.now))

    def passes(self, seconds: float) -> list[Message]:
        """Let time go by, stopping wherever something is due."""
        end, sent = self.now + seconds, []
        while (at := self.agent.next()) is not None and at <= end:
            self.now = max(self.now, at)
            sent += self._sent(self.agent.wake(self.now))
        self.now = end
        self.sessions.wake()
        return sent

    def _sent(self, commands: list[Command]) -> list[Message]:
        self.commands += commands
        return [parse(each.data) for each in commands if isinstance(each, Send)]

    @property
    def closes(self) -> bool:
        return any(isinstance(each, Close) for each in self.commands)


def source(**changes: object) -> CallSource:
    """The source that most tests have."""
    given: dict[str, Any] = {
        "organisation": ORGANISATION,
        "name": "sbc",
        "networks": ("192.0.2.0/24",),
        **changes,
    }
    return CallSource(**given)


_numbers = itertools.count(1)


class Caller:
    """One dialog of a recording client."""

    def __init__(self, desk: Desk, flow: Flow | None = None, **headers: Any) -> None:
        self.desk = desk
        self.flow = flow or desk.flow()
        self.number = 0
        self.call_id = f"call-{next(_numbers)}@src"
        self.tag = f"tag-{next(_numbers)}"
        self.to_tag = ""
        self.headers = {
            "Contact": "<sip:src@192.0.2.20>;+sip.src",
            "Require": "siprec",
            "Allow": "INVITE, ACK, BYE, CANCEL, UPDATE",
            "Supported": "timer",
            **headers,
        }
        self.branch = ""
        self.metadata = METADATA.replace("aa11", f"aa{next(_numbers)}").replace(
            "c2Vzc2lvbi0wMDAwMDAwMQ==", f"c2Vzc2lvbi0{next(_numbers)}"
        )

    def message(
        self, method: str, body: bytes = b"", content_type: str = "", number: int = 0, **headers: Any
    ) -> bytes:
        """A request as it goes over the wire."""
        if not number and method not in {"ACK", "CANCEL"}:
            self.number += 1
        if method != "CANCEL":
            self.branch = f"z9hG4bK{next(_numbers)}"
        to_tag = f";tag={self.to_tag}" if self.to_tag and method != "CANCEL" else ""
        fields = {
            "Via": f"SIP/2.0/{self.flow.transport} {self.flow.peer.host}:{self.flow.peer.port};branch={self.branch}",
            "From": f"<sip:src@192.0.2.20>;tag={self.tag}",
            "To": f"<sip:recorder@192.0.2.10>{to_tag}",
            "Call-ID": self.call_id,
            "CSeq": f"{number or self.number} {method}",
            "Max-Forwards": "70",
            **(self.headers if method not in {"ACK", "CANCEL", "BYE"} else {}),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        if body:
            fields["Content-Type"] = content_type or "multipart/mixed; boundary=edge"
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
        head = f"{method} sip:recorder@192.0.2.10 SIP/2.0\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
        return head.encode() + body

    def says(self, method: str, body: bytes = b"", content_type: str = "", **more: Any) -> list[Response]:
        """Send a request; the responses that come at once."""
        sent = self.desk.deliver(self.message(method, body, content_type, **more), self.flow)
        return [each for each in sent if isinstance(each, Response)]

    def invite(self, body: bytes | None = None, content_type: str = "", **headers: str) -> Response:
        """INVITE; its final response."""
        (response,) = self.says(
            "INVITE", multipart(metadata=self.metadata) if body is None else body, content_type, **headers
        )
        if response.status == 200:
            self.to_tag = response.headers.first("to").partition(";tag=")[2]
        return response

    def ack(self, body: bytes = b"", content_type: str = "application/sdp") -> list[Message]:
        """ACK the latest 2xx; what comes of it."""
        return self.desk.deliver(self.message("ACK", body, content_type), self.flow)

    def opens(self, body: bytes | None = None, content_type: str = "", **headers: str) -> Response:
        """INVITE and ACK."""
        response = self.invite(body, content_type, **headers)
        assert response.status == 200, response
        self.ack()
        return response

    def bye(self, body: bytes = b"", content_type: str = "") -> Response:
        (response,) = self.says("BYE", body, content_type)
        return response

    def answers(self, request: Request, status: int, body: bytes = b"", **headers: str) -> list[Message]:
        """Answer a request of the recorder's."""
        kept = [field for field in request.headers if field[0] in {"via", "from", "to", "call-id", "cseq"}]
        lines = "".join(f"{name}: {value}\r\n" for name, value in kept)
        lines += "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = f"SIP/2.0 {status} Whatever\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
        return self.desk.deliver(head.encode() + body, self.flow)
