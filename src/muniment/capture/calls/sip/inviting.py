"""Recording sessions that we start (RFC 7866 sections 6.2 and 7.2).

1. INVITE with `Require: siprec` and `+sip.srs`, without a description: the client is to offer.
2. Its 2xx has the offer; our ACK has the answer.
3. An offer of which nothing can be taken is answered with every line turned down, and BYE.
4. 422 is asked again at once with the interval that the client wants; whatever else is no, whoever asked is told.
"""

import secrets
from dataclasses import dataclass
from functools import partial

from muniment.capture.calls.sip.address import in_uri
from muniment.capture.calls.sip.answering import turned_down
from muniment.capture.calls.sip.application import Refused
from muniment.capture.calls.sip.dialog import ALLOW, SUPPORTED, contact, invited_dialog, request_within
from muniment.capture.calls.sip.dialog_life import Asker, DialogLife
from muniment.capture.calls.sip.flows import Flow
from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.media_types import ACCEPTED
from muniment.capture.calls.sip.message import Headers, Request, Response
from muniment.capture.calls.sip.session_timer import MINIMUM, agreed_with, least_of
from muniment.capture.calls.sip.transactions import COOKIE, ClientTransaction

TOO_SMALL = 422
UNANSWERED = "it did not answer"
UNREACHABLE = "it cannot be reached"


@dataclass(frozen=True)
class Invitation:
    """Whom we ask, under which name the application knows it, and which way."""

    name: str
    uri: str
    flow: Flow
    least: int = MINIMUM
    """The shortest interval of session timers that the client takes, in seconds."""


class Inviting:
    """The invitations of one agent."""

    def __init__(self, session_seconds: int, life: DialogLife, asker: Asker) -> None:
        self._session_seconds = session_seconds
        self._life = life
        self._asker = asker
        self._asked: dict[str, tuple[Invitation, ClientTransaction]] = {}
        self._lost: set[str] = set()

    def invite(self, invitation: Invitation, now: float) -> None:
        """Ask. The application hears `answered` or `uninvited`."""
        request = self._request(invitation)
        transaction = self._life.own.start(
            request, invitation.flow, now, lambda response, later: self._done(invitation, response, later)
        )
        self._asked[invitation.name] = (invitation, transaction)

    def unreachable(self, flow: Flow, now: float) -> None:
        """No connection could be made for what was to go this way."""
        for invitation, transaction in list(self._asked.values()):
            if (invitation.flow.transport, invitation.flow.peer) == (flow.transport, flow.peer):
                self._lost.add(invitation.name)
                transaction.fail(now)

    def _request(self, invitation: Invitation) -> Request:
        flow, seconds = invitation.flow, self._session_seconds
        host = self._life.own.name or in_uri(flow.local.host)
        timer = (("session-expires", str(max(seconds, invitation.least))), ("min-se", str(invitation.least)))
        fields = (
            (
                "via",
                f"SIP/2.0/{flow.transport} {host}:{flow.local.port};branch={COOKIE}{secrets.token_hex(12)};rport",
            ),
            ("max-forwards", "70"),
            ("from", f"<sip:recorder@{host}>;tag={secrets.token_hex(10)}"),
            ("to", f"<{invitation.uri}>"),
            ("call-id", f"{secrets.token_hex(16)}@{host}"),
            ("cseq", "1 INVITE"),
            ("contact", contact(flow, self._life.own.name, sips=invitation.uri.startswith("sips:"))),
            ("require", "siprec"),
            ("supported", SUPPORTED),
            ("allow", ALLOW),
            ("accept", ", ".join(ACCEPTED)),
            *(timer if seconds else ()),
            ("user-agent", "Muniment"),
        )
        return Request("INVITE", invitation.uri, Headers(fields))

    def _done(self, invitation: Invitation, response: Response | None, now: float) -> None:
        _, transaction = self._asked.pop(invitation.name)
        if response is None:
            lost = invitation.name in self._lost
            self._lost.discard(invitation.name)
            self._failed(invitation, UNREACHABLE if lost else UNANSWERED)
        elif response.status < 300:  # noqa: PLR2004  2xx
            self._offered(invitation, transaction, response, now)
        elif response.status == TOO_SMALL and (least := least_of(response.headers)) > invitation.least:
            self.invite(Invitation(invitation.name, invitation.uri, invitation.flow, least), now)
        else:
            text = response.headers.first("retry-after").partition(";")[0].partition("(")[0].strip()
            after = int(text[:6]) if text.isascii() and text.isdecimal() else 0
            self._failed(invitation, f"it refused with {response.status} {response.reason}".strip(), after)

    def _offered(
        self, invitation: Invitation, transaction: ClientTransaction, response: Response, now: float
    ) -> None:
        try:
            dialog = invited_dialog(transaction.request, response, transaction.flow)
        except MalformedError as error:
            self._failed(invitation, f"its answer cannot be read: {error}")
            return
        ask, application = self._asker.ask, self._asker.application
        outcome = ask(
            partial(application.answered, dialog.id, invitation.name),
            _from_its_side(response),
            transaction.flow,
        )
        taken = not isinstance(outcome, Refused)
        answer = turned_down(response.body) if isinstance(outcome, Refused) else outcome.sdp
        extra = (("content-type", "application/sdp"),) if answer else ()
        transaction.acknowledge(request_within(dialog, "ACK", self._life.own.name, extra, answer))
        timer = agreed_with(response.headers, self._session_seconds) if taken else None
        self._life.adopt(dialog, timer, now)
        if isinstance(outcome, Refused):
            self._life.hang_up(dialog.id, "failed", now)
            self._failed(
                invitation, f"what it offered could not be taken ({outcome.status})", outcome.retry_after
            )
        elif outcome.snapshot:
            self._life.ask_snapshot(dialog.id, now)

    def _failed(self, invitation: Invitation, why: str, retry_after: int = 0) -> None:
        application = self._asker.application
        self._asker.tell(lambda: application.uninvited(invitation.name, why, retry_after))


def _from_its_side(response: Response) -> Response:
    """The answer with From and To as in a request of the client's: parties and dialects are told by From."""
    other = {"from": "to", "to": "from"}
    fields = tuple((other.get(name, name), value) for name, value in response.headers)
    return Response(response.status, response.reason, Headers(fields), response.body)
