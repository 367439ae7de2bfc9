"""Requests of ours inside dialogs: UPDATE, re-INVITE and BYE, and where they go."""

from collections.abc import Callable

from muniment.capture.calls.sip.dialog import Dialog, answers, next_hop, request_within
from muniment.capture.calls.sip.flows import Flow
from muniment.capture.calls.sip.message import Headers, Request, Response
from muniment.capture.calls.sip.timers import Timers
from muniment.capture.calls.sip.transactions import ClientTransaction, Emit, Key

GONE = frozenset({408, 481})  # answers that end the dialog (RFC 5057, RFC 4028 section 10)

type Done = Callable[[Response | None, float], None]


class OwnRequests:
    """`gone` hears that the client no longer knows a dialog; `reaches` says whether a host is the client's."""

    def __init__(
        self,
        name: str,
        timers: Timers,
        emit: Emit,
        reaches: Callable[[Dialog, str], bool],
        gone: Callable[[Dialog, float], None],
    ) -> None:
        self._name = name
        self._timers = timers
        self._emit = emit
        self._reaches = reaches
        self._gone = gone
        self._open: dict[Key, ClientTransaction] = {}

    @property
    def name(self) -> str:
        """What stands in our Contact; empty for the local address."""
        return self._name

    def send(
        self,
        dialog: Dialog,
        method: str,
        extra: tuple[tuple[str, str], ...],
        body: bytes,
        now: float,
        done: Done,
    ) -> None:
        """Send a request; `done` hears how it was answered, unless that ends the dialog."""
        request = request_within(dialog, method, self._name, extra, body)

        def finished(response: Response | None, later: float) -> None:
            dialog.own = ""
            if response is not None and method == "INVITE" and response.status < 300:  # noqa: PLR2004 2xx
                transaction.acknowledge(self._acknowledgement(dialog, request))
            if dialog.ended:
                return
            if response is None or response.status in GONE:
                if response is None:  # before it is forgotten whose hosts it may go to
                    self.send(dialog, "BYE", (), b"", later, _nothing)
                self._gone(dialog, later)
            else:
                done(response, later)

        dialog.own = method
        transaction = self.start(request, self._flow_to(dialog), now, finished)

    def start(self, request: Request, flow: Flow, now: float, done: Done) -> ClientTransaction:
        """Send a request that may stand outside all dialogs; `done` hears its final answer, or None."""
        transaction = ClientTransaction(request, flow, self._timers, self._emit, done, self._forget)
        self._open[transaction.key] = transaction
        transaction.start(now)
        return transaction

    @property
    def waiting(self) -> bool:
        """Whether one has no final answer yet."""
        return any(not transaction.is_over for transaction in self._open.values())

    def response(self, response: Response, flow: Flow, now: float) -> None:
        """A response to one of them; one that answers nothing is dropped."""
        vias = response.headers.values("via")
        branch = ""
        for part in vias[0].split(";")[1:] if vias else ():
            name, _, value = part.partition("=")
            if name.strip().lower() == "branch":
                branch = value.strip()
        transaction = self._open.get((branch, answers(response)))
        if transaction is not None:
            if flow.reliable:
                transaction.flow = flow  # the connection that was made for it meanwhile
            transaction.received(response, now)

    def _acknowledgement(self, dialog: Dialog, invite: Request) -> Request:
        number = invite.headers.first("cseq").partition(" ")[0]
        ack = request_within(dialog, "ACK", self._name)
        fields = tuple((name, f"{number} ACK" if name == "cseq" else value) for name, value in ack.headers)
        return Request("ACK", ack.uri, Headers(fields))

    def _flow_to(self, dialog: Dialog) -> Flow:
        """The way of the client's latest request, or where its Contact or route leads among its own."""
        flow = dialog.flow
        hop = next_hop(dialog)
        if hop is None or hop[0] == flow.peer or (flow.reliable and flow.connection):
            return flow
        reachable = hop[0].host == flow.peer.host or self._reaches(dialog, hop[0].host)
        same = flow.reliable == (hop[1] != "UDP")
        return flow._replace(peer=hop[0]) if reachable and same else flow

    def _forget(self, key: Key) -> None:
        self._open.pop(key, None)


def _nothing(_response: Response | None, _now: float) -> None:
    """The dialog is over, whatever is answered."""
