"""A recording client that we invite, at the other end of the conversation."""

from dataclasses import dataclass, field

from muniment.capture.calls.invitations import name_of
from muniment.capture.calls.sip.inviting import Invitation
from muniment.capture.calls.sip.message import Message, Request, Response
from tests.capture.calls.client import Caller, Desk, source

URI = "sip:recording@192.0.2.20"
SOURCE = source(invite=URI)


@dataclass
class Client:
    """Answers the invitations of a desk; in the dialog that comes of one it speaks as `caller`."""

    desk: Desk = field(default_factory=lambda: Desk((SOURCE,)))
    invite: Request = field(init=False)

    def __post_init__(self) -> None:
        self.caller = Caller(self.desk)
        self.invite = self.asked()

    def asked(self) -> Request:
        """The next invitation, once its time has come."""
        due = self.desk.sessions.invitations.due()
        while not due:
            self.desk.passes(1)
            due = self.desk.sessions.invitations.due()
        invitation = Invitation(name_of(due[0]), due[0].invite, self.desk.flow())
        (sent,) = self.desk._sent(self.desk.agent.invite(invitation, self.desk.now))
        assert isinstance(sent, Request)
        self.caller.call_id = sent.headers.first("call-id")
        self.caller.to_tag = sent.headers.first("from").partition(";tag=")[2]
        self.invite = sent
        return sent

    def answers(self, status: int, body: bytes = b"", kind: str = "", **headers: str) -> list[Message]:
        """The client's answer to the invitation; what comes of it."""
        kept = [each for each in self.invite.headers if each[0] in {"via", "from", "call-id", "cseq"}]
        lines = "".join(f"{name}: {value}\r\n" for name, value in kept)
        lines += f"To: <{URI}>;tag={self.caller.tag}\r\n"
        given = {
            "Contact": "<sip:src@192.0.2.20>;+sip.src",
            "Allow": "INVITE, ACK, BYE, CANCEL, UPDATE",
            "Supported": "siprec, timer",
            **{name.replace("_", "-"): value for name, value in headers.items()},
            **({"Content-Type": kind or "application/sdp"} if body else {}),
        }
        lines += "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
        head = f"SIP/2.0 {status} Whatever\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
        return self.desk.deliver(head.encode() + body)

    def accepts(self, body: bytes, kind: str = "", **headers: str) -> Request:
        """200 with an offer; our ACK."""
        (ack,) = self.answers(200, body, kind, **headers)
        assert isinstance(ack, Request)
        assert ack.method == "ACK"
        return ack

    def state(self) -> str:
        """How the invitation stands."""
        return self.desk.sessions.invitations.state(name_of(SOURCE))[0]


def requests(sent: list[Message]) -> list[Request]:
    """Those of these messages that ask something."""
    return [each for each in sent if isinstance(each, Request)]


def statuses(sent: list[Message]) -> list[int]:
    """The statuses of those that answer."""
    return [each.status for each in sent if isinstance(each, Response)]
