"""What happens in dialogs: 2xx until its ACK, offers in their turn, session timers, requests of ours."""

import secrets
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Protocol

from muniment.capture.calls.sip.application import Accepted, Application, Arrival, Ending, Outcome, Refused
from muniment.capture.calls.sip.bodies import bodies_of
from muniment.capture.calls.sip.checks import Refusal, explained
from muniment.capture.calls.sip.dialog import (
    ALLOW,
    SUPPORTED,
    Dialog,
    Unacknowledged,
    contact,
    open_dialog,
)
from muniment.capture.calls.sip.flows import Flow, Send
from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.message import Message, Request, Response, reply
from muniment.capture.calls.sip.own_requests import OwnRequests
from muniment.capture.calls.sip.parsing import sequence
from muniment.capture.calls.sip.session_timer import SessionTimer, agree, is_too_small, least_of
from muniment.capture.calls.sip.snapshot import BODY, snapshot_headers
from muniment.capture.calls.sip.timers import Timers
from muniment.capture.calls.sip.transactions import (
    PATIENCE,
    T1,
    T2,
    Emit,
    ServerTransaction,
)

MOST_SNAPSHOTS = 3  # requests in one dialog; a client that answers with more gaps will not mend
GONE = frozenset({408, 481})  # answers to a request of ours that end the dialog (RFC 5057, 4028 section 10)


class Asker(Protocol):
    """The agent, as far as a dialog needs it."""

    application: Application

    def ask(self, what: Callable[[Arrival], Outcome], request: Message, flow: Flow) -> Outcome:
        """Put a message before the application."""

    def tell(self, what: Callable[[], object]) -> object:
        """Let the application know something."""


class DialogLife:
    """Every dialog of an agent."""

    def __init__(self, name: str, session_seconds: int, timers: Timers, emit: Emit, asker: Asker) -> None:
        self.dialogs: dict[str, Dialog] = {}
        self.half_open = 0
        self.half_open_of: Counter[str] = Counter()
        self._name = name
        self._session_seconds = session_seconds
        self._timers = timers
        self._emit = emit
        self._asker = asker
        self.own = OwnRequests(name, timers, emit, self._reaches, self._gone)

    # --- INVITE -------------------------------------------------------------------------------------

    def decide_first(self, transaction: ServerTransaction, now: float) -> None:
        """Answer the INVITE that would make a dialog."""
        request, application = transaction.request, self._asker.application
        if is_too_small(request.headers):
            self._too_small(transaction, now)
            return
        dialog = open_dialog(transaction)
        outcome = self._asker.ask(partial(application.opened, dialog.id), request, transaction.flow)
        if isinstance(outcome, Refused):
            self._refuse(transaction, outcome, now)
            return
        self.dialogs[dialog.id] = dialog
        self.half_open += 1
        self.half_open_of[dialog.origin] += 1
        self._accept(dialog, transaction, outcome, now)

    def decide_again(self, dialog: Dialog, transaction: ServerTransaction, now: float) -> None:
        """Answer a re-INVITE."""
        request, application = transaction.request, self._asker.application
        dialog.deciding = None
        if is_too_small(request.headers):
            self._too_small(transaction, now)
            return
        outcome = self._asker.ask(
            lambda arrival: application.changed(dialog.id, arrival, "reinvite"), request, transaction.flow
        )
        if isinstance(outcome, Refused):
            self._refuse(transaction, outcome, now)
            return
        if dialog.answer:
            # A later INVITE shows that the client has our earlier 2xx, though its ACK was lost.
            self._confirm(dialog)
        self._accept(dialog, transaction, outcome, now)

    def _accept(self, dialog: Dialog, transaction: ServerTransaction, outcome: Accepted, now: float) -> None:
        request = transaction.request
        routes = tuple(("record-route", value) for value in request.headers.values("record-route"))
        extra = (*routes, *self._success_headers(dialog, request, now))
        if outcome.sdp:
            extra = (*extra, ("content-type", "application/sdp"))
        response = reply(request, 200, dialog.id, extra=extra, body=outcome.sdp)
        data = transaction.respond(response, now)
        offers = bool(outcome.sdp) and not bodies_of(request.headers, request.body).sdp
        waiting = Unacknowledged(sequence(request.headers)[0], data, offers=offers)
        dialog.answer = waiting
        if outcome.snapshot:
            dialog.warned.add("snapshot")
        self._repeat(dialog, waiting, transaction, now + T1, T1)
        waiting.deadline = self._timers.set(now + PATIENCE, partial(self._unacknowledged, dialog, waiting))

    def _repeat(
        self,
        dialog: Dialog,
        waiting: Unacknowledged,
        transaction: ServerTransaction,
        at: float,
        pause: float,
    ) -> None:
        """A 2xx is repeated until its ACK on every transport (RFC 3261 section 13.3.1.4)."""

        def again(now: float) -> None:
            if dialog.answer is waiting:
                self._emit(Send(transaction.flow, waiting.data))
                following = min(pause * 2, T2)
                self._repeat(dialog, waiting, transaction, now + following, following)

        waiting.repeat = self._timers.set(at, again)

    def _unacknowledged(self, dialog: Dialog, waiting: Unacknowledged, now: float) -> None:
        if dialog.answer is waiting:
            self.hang_up(dialog.id, "never-acknowledged", now)

    def acknowledged(self, dialog: Dialog, request: Request, flow: Flow, now: float) -> None:
        """An ACK for a 2xx; its body is the answer to an offer of ours."""
        waiting = dialog.answer
        if waiting is None or _number(request) != waiting.number:
            return
        self._confirm(dialog)
        application = self._asker.application

        def tell() -> bool:
            return application.acknowledged(
                dialog.id, Arrival(request, bodies_of(request.headers, request.body), flow)
            )

        wanted = bool(self._asker.tell(tell))
        if wanted or "snapshot" in dialog.warned:
            dialog.warned.discard("snapshot")
            self.ask_snapshot(dialog.id, now)

    def _confirm(self, dialog: Dialog) -> None:
        if dialog.answer:
            dialog.answer.stop()
            dialog.answer = None
        if not dialog.confirmed:
            dialog.confirmed = True
            self._no_longer_half_open(dialog)

    def _no_longer_half_open(self, dialog: Dialog) -> None:
        self.half_open -= 1
        self.half_open_of[dialog.origin] -= 1
        if self.half_open_of[dialog.origin] <= 0:
            del self.half_open_of[dialog.origin]

    # --- other requests of the client ---------------------------------------------------------------

    def out_of_turn(self, dialog: Dialog, request: Request) -> Refusal | None:
        """The rules of order and of offers that cross (RFC 3261 12.2.2, 14.2; RFC 3311 section 5.2)."""
        number = sequence(request.headers)[0]
        if number <= dialog.remote_number:
            return Refusal(500)
        dialog.remote_number = number
        offers = request.method == "INVITE" or (request.method == "UPDATE" and _has_sdp(request))
        if not offers:
            return None
        if dialog.deciding is not None:
            return Refusal(500, (("retry-after", str(secrets.randbelow(11))),))
        if dialog.our_offer_is_open:
            return Refusal(491)
        return None

    def request(self, dialog: Dialog, transaction: ServerTransaction, flow: Flow, now: float) -> None:
        """UPDATE, BYE, INFO or OPTIONS inside a dialog."""
        match transaction.request.method:
            case "BYE":
                self._bye(dialog, transaction, flow, now)
            case "UPDATE":
                self._update(dialog, transaction, flow, now)
            case "INFO":
                self._info(dialog, transaction, flow, now)
            case _:
                extra = (("allow", ALLOW), ("supported", SUPPORTED))
                transaction.respond(reply(transaction.request, 200, "", extra=extra), now)

    def _update(self, dialog: Dialog, transaction: ServerTransaction, flow: Flow, now: float) -> None:
        request, application = transaction.request, self._asker.application
        if is_too_small(request.headers):
            self._too_small(transaction, now)
            return
        outcome = self._asker.ask(
            lambda arrival: application.changed(dialog.id, arrival, "update"), request, flow
        )
        if isinstance(outcome, Refused):
            self._refuse(transaction, outcome, now)
            return
        extra = self._success_headers(dialog, request, now)
        if outcome.sdp:
            extra = (*extra, ("content-type", "application/sdp"))
        transaction.respond(reply(request, 200, "", extra=extra, body=outcome.sdp), now)
        if outcome.snapshot:
            self.ask_snapshot(dialog.id, now)
        if outcome.offer:
            self.offer(dialog.id, now)

    def _bye(self, dialog: Dialog, transaction: ServerTransaction, flow: Flow, now: float) -> None:
        request = transaction.request
        transaction.respond(reply(request, 200, ""), now)
        if dialog.deciding is not None:
            dialog.deciding.respond(reply(dialog.deciding.request, 487, ""), now)
        arrival = None
        try:
            arrival = Arrival(request, bodies_of(request.headers, request.body), flow)
        except MalformedError:
            arrival = None  # the call is over all the same
        self._end(dialog, "bye", arrival)

    def _info(self, dialog: Dialog, transaction: ServerTransaction, flow: Flow, now: float) -> None:
        request, application = transaction.request, self._asker.application
        if request.headers.lines("info-package"):  # RFC 6086: none of them is agreed on
            transaction.respond(reply(request, 469, "", extra=(("recv-info", ""),)), now)
            return
        transaction.respond(reply(request, 200, ""), now)
        # A body is not looked into: keys that were pressed stand there (siprec D, RFC 6086).
        arrival = Arrival(
            Request("INFO", request.uri, request.headers), bodies_of(request.headers, b""), flow
        )
        self._asker.tell(lambda: application.informed(dialog.id, arrival))

    def _success_headers(self, dialog: Dialog, request: Request, now: float) -> tuple[tuple[str, str], ...]:
        headers: tuple[tuple[str, str], ...] = (
            ("contact", contact(dialog.flow, self._name, sips=dialog.sips)),
            ("allow", ALLOW),
            ("supported", SUPPORTED),
        )
        dialog.timer = agree(request.headers, self._session_seconds)
        self._watch(dialog, now, ours=dialog.timer is not None and dialog.timer.refresher == "uas")
        return (*headers, *dialog.timer.headers) if dialog.timer else headers

    def _refuse(self, transaction: ServerTransaction, refused: Refused, now: float) -> None:
        extra = explained(refused.status)
        if refused.retry_after:
            extra = (*extra, ("retry-after", str(refused.retry_after)))
        transaction.respond(reply(transaction.request, refused.status, transaction.tag, extra=extra), now)

    def _too_small(self, transaction: ServerTransaction, now: float) -> None:
        extra = (("min-se", str(least_of(transaction.request.headers))),)
        transaction.respond(reply(transaction.request, 422, transaction.tag, extra=extra), now)

    # --- session timers -----------------------------------------------------------------------------

    def _watch(self, dialog: Dialog, now: float, *, ours: bool) -> None:
        """Count anew from a refresh: ours to repeat at half the time, or the client's to repeat in time."""
        for timer in (dialog.expiry, dialog.refresh):
            if timer:
                timer.cancel()
        dialog.expiry = dialog.refresh = None
        if dialog.timer is None or dialog.ended:
            return
        if ours:
            half = now + dialog.timer.interval / 2
            dialog.refresh = self._timers.set(half, lambda later: self._refresh(dialog, later))
        else:
            end = now + dialog.timer.patience
            dialog.expiry = self._timers.set(end, lambda later: self.hang_up(dialog.id, "expired", later))

    def _refresh(self, dialog: Dialog, now: float) -> None:
        if dialog.timer is None or dialog.ended:
            return
        if dialog.own or dialog.deciding or dialog.answer:
            dialog.refresh = self._timers.set(now + 2, lambda later: self._refresh(dialog, later))
            return
        extra: tuple[tuple[str, str], ...] = (
            ("session-expires", f"{dialog.timer.interval};refresher=uac"),
            ("supported", SUPPORTED),
        )
        method, body = "UPDATE", b""
        if "update" not in dialog.allow:
            answer = self._asker.tell(lambda: self._asker.application.refresh(dialog.id))
            method, body = "INVITE", answer if isinstance(answer, bytes) else b""
            extra = (*extra, ("require", "siprec"), ("content-type", "application/sdp"))
        self.own.send(dialog, method, extra, body, now, partial(self._refreshed, dialog))

    def _refreshed(self, dialog: Dialog, response: Response | None, now: float) -> None:
        if response is not None and response.status == 422 and dialog.timer:  # noqa: PLR2004
            dialog.timer = agree(response.headers, dialog.timer.interval) or dialog.timer
            self._refresh(dialog, now)
            return
        # Any answer but "no such call" shows that the client lives (RFC 4028 section 10).
        self._watch(dialog, now, ours=True)

    def _reaches(self, dialog: Dialog, host: str) -> bool:
        application = self._asker.application
        return bool(self._asker.tell(lambda: application.reaches(dialog.id, host)))

    # --- requests of ours ---------------------------------------------------------------------------

    def ask_snapshot(self, identifier: str, now: float) -> None:
        """Ask for all metadata, if the client's Allow has UPDATE (RFC 7866 section 9.2)."""
        dialog = self.dialogs.get(identifier)
        if dialog is None or "update" not in dialog.allow or dialog.snapshots >= MOST_SNAPSHOTS:
            return
        if dialog.own or dialog.answer:
            self._timers.set(now + 1, lambda later: self.ask_snapshot(identifier, later))
            return
        dialog.snapshots += 1
        self.own.send(
            dialog, "UPDATE", snapshot_headers(dialog.accept), BODY, now, partial(self._asked, dialog)
        )

    def _asked(self, dialog: Dialog, response: Response | None, now: float) -> None:
        if response is not None and response.status == 491:  # noqa: PLR2004 glare: again within 2 s (14.1)
            pause = secrets.randbelow(200) / 100
            self._timers.set(now + pause, lambda later: self.ask_snapshot(dialog.id, later))

    def offer(self, identifier: str, now: float) -> None:
        """Offer our description as it is now, by a re-INVITE."""
        dialog = self.dialogs.get(identifier)
        if dialog is None:
            return
        if dialog.own or dialog.answer or dialog.deciding:
            self._timers.set(now + 1, lambda later: self.offer(identifier, later))
            return
        described = self._asker.tell(lambda: self._asker.application.refresh(identifier))
        body = described if isinstance(described, bytes) else b""
        extra = (("supported", SUPPORTED), ("require", "siprec"), ("content-type", "application/sdp"))
        self.own.send(dialog, "INVITE", extra, body, now, partial(self._reanswered, dialog))

    def _reanswered(self, dialog: Dialog, response: Response | None, now: float) -> None:
        if response is None:
            return
        if response.status == 491:  # noqa: PLR2004  glare: who made the Call-ID waits longer (section 14.1)
            pause = (210 if dialog.invited else 0) / 100 + secrets.randbelow(200) / 100
            self._timers.set(now + pause, lambda later: self.offer(dialog.id, later))
        elif response.status < 300:  # noqa: PLR2004  2xx
            dialog.learn(response, dialog.flow)

            def tell() -> None:
                arrival = Arrival(response, bodies_of(response.headers, response.body), dialog.flow)
                self._asker.application.reanswered(dialog.id, arrival)

            self._asker.tell(tell)

    def adopt(self, dialog: Dialog, timer: SessionTimer | None, now: float) -> None:
        """A dialog that began with an INVITE of ours. `timer` as its client agreed."""
        self.dialogs[dialog.id] = dialog
        dialog.timer = timer
        self._watch(dialog, now, ours=timer is not None and timer.refresher == "uac")

    def hang_up(self, identifier: str, ending: Ending, now: float) -> None:
        """Say BYE; the dialog is over whatever is answered."""
        dialog = self.dialogs.get(identifier)
        if dialog is None:
            return
        if dialog.deciding is not None:
            dialog.deciding.respond(reply(dialog.deciding.request, 487, ""), now)
        # First the BYE: it must be known whose hosts it may go to.
        self.own.send(dialog, "BYE", (), b"", now, lambda _response, _now: None)
        self._end(dialog, ending, None)

    @property
    def waiting(self) -> bool:
        """Whether a request of ours has no final answer yet."""
        return self.own.waiting

    def lost(self, flow: Flow) -> None:
        """The connection of a flow is gone; the next request of ours makes one (`connection` 0)."""
        for dialog in self.dialogs.values():
            if dialog.flow.connection == flow.connection:
                dialog.flow = dialog.flow._replace(connection=0)

    def response(self, response: Response, flow: Flow, now: float) -> None:
        """A response to a request of ours; one that answers nothing is dropped."""
        self.own.response(response, flow, now)

    def _gone(self, dialog: Dialog, _now: float) -> None:
        self._end(dialog, "lost", None)

    def _end(self, dialog: Dialog, ending: Ending, arrival: Arrival | None) -> None:
        if dialog.answer:
            dialog.answer.stop()
            dialog.answer = None
        for timer in (dialog.expiry, dialog.refresh):
            if timer:
                timer.cancel()
        if not dialog.confirmed:
            self._no_longer_half_open(dialog)
        dialog.ended = True
        self.dialogs.pop(dialog.id, None)
        self._asker.tell(lambda: self._asker.application.ended(dialog.id, ending, arrival))


def _number(request: Request) -> int:
    try:
        return sequence(request.headers)[0]
    except MalformedError:
        return -1


def _has_sdp(request: Request) -> bool:
    try:
        return bool(bodies_of(request.headers, request.body).sdp)
    except MalformedError:
        return False
