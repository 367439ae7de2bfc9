"""Recording sessions: what SIP says of calls becomes what the recorder does (RFC 7866).

A call is opened by the first dialog that names it, and closed when its last dialog ends. A second dialog
with a name that a live call has (the far end of the same phone, a second recorder, the other controller)
joins that call: one call is one record.
"""

import secrets
from collections.abc import Callable

import msgspec
import structlog

from muniment.capture.calls import standing
from muniment.capture.calls.account import Account
from muniment.capture.calls.dialects import Speech, group_names, joining_names, people_of, recognise
from muniment.capture.calls.invitations import Invitations
from muniment.capture.calls.leg import Leg, Negotiation
from muniment.capture.calls.live_calls import LiveCall, LiveCalls
from muniment.capture.calls.ports import Recorder, Watchful
from muniment.capture.calls.rhythm import Rhythms, SourceState
from muniment.capture.calls.ruling import Ruling
from muniment.capture.calls.settling import Settling
from muniment.capture.calls.silences import CardRules
from muniment.capture.calls.silencing import Silencing
from muniment.capture.calls.sip.answering import LocalDescription
from muniment.capture.calls.sip.application import Accepted, Arrival, Change, Ending, Outcome, Refused
from muniment.capture.calls.sip.flows import Flow
from muniment.capture.calls.sip.media_types import parse_media_type
from muniment.capture.calls.sip.metadata import Document
from muniment.capture.calls.sip.sdp import Description
from muniment.capture.calls.sources import Sources
from muniment.capture.calls.telling import Said, Telling, said_by
from muniment.capture.calls.trials import Ended
from muniment.core import clock
from muniment.core.call_settings import CallSettings, CallSource
from muniment.core.errors import NotAvailableError

log = structlog.get_logger()

ENDINGS = {
    "never-acknowledged": "the client never confirmed the recording",
    "expired": "the client fell silent, and its session timer ended the call",
    "lost": "the client no longer knew the call",
    "stopped": "the recorder was stopped during the call",
    "failed": "the recorder gave the call up",
}

UNABLE_MS = 15_000  # milliseconds for which OPTIONS hear 503 after a call could not be kept
KEEP_EVERY_MS = 60_000  # milliseconds between two writings of when sources spoke


class Sessions:
    """The application behind the SIP agent, over one recorder."""

    def __init__(
        self,
        settings: CallSettings,
        recorder: Recorder,
        now: Callable[[], int] = clock.milliseconds,
        new_call: Callable[[], str] = lambda: f"call_{secrets.token_hex(16)}",
    ) -> None:
        self.sources = Sources(settings.sources)
        self.live = LiveCalls()
        self.silencing = Silencing(
            self.live, recorder, CardRules(settings.card), settings.longest_silence, now
        )
        self.settling = Settling(recorder, self.silencing, Ruling(settings.rule, settings.line), now)
        self.telling = Telling(self.live, recorder, now)
        self.invitations = Invitations(settings.sources, now)
        """With whom we start recording sessions."""
        self.ended_trials = Ended()
        """What became of test calls; the recorder that seals them shares it."""
        self.rhythms = Rhythms()
        """When each source has spoken."""
        self.refresh_settings: Callable[[], object] = lambda: None
        """Is called before each new call and about every second: settings may have changed."""
        self._settings = settings
        self._recorder = recorder
        self._now = now
        self._new_call = new_call
        self._legs: dict[str, Leg] = {}
        self._unable_until = 0
        self._kept = 0

    @property
    def calls(self) -> dict[str, LiveCall]:
        """The calls under way, by our names."""
        return self.live.all

    # --- what the agent asks ------------------------------------------------------------------------

    def admits(self, flow: Flow) -> bool:
        """Only a source that was set up is listened to; a stranger is answered 403."""
        return self.sources.of(flow) is not None

    def asked(self, flow: Flow) -> None:
        """A source has asked whether we are well."""
        source = self.sources.of(flow)
        if source is not None:
            self.rhythms.heard(source.organisation, source.name, "health", self._now() // 1000)

    def reaches(self, dialog: str, host: str) -> bool:
        """Whether a host lies in the networks of a dialog's source."""
        leg = self._legs.get(dialog)
        return leg is not None and self.sources.reaches(leg.source, host)

    def ready(self) -> bool:
        """What the recorder says; where it cannot say, False for a while after a call could not be kept."""
        if isinstance(self._recorder, Watchful):
            return self._recorder.ready()
        return self._now() >= self._unable_until

    def opened(self, dialog: str, arrival: Arrival) -> Outcome:
        """A recording session begins."""
        source = self.sources.of(arrival.flow)
        if source is None:
            return Refused(403)
        self.refresh_settings()
        said = said_by(arrival.bodies)
        return self._take_call(self._leg(dialog, source, arrival, said), "invite", arrival, said)

    def answered(self, dialog: str, invitation: str, arrival: Arrival) -> Outcome:
        """A client that we invited offers: a session stands from now on, whether there is a call or not."""
        source = self.invitations.source(invitation)
        if source is None or not self.sources.fits(source, arrival.flow):
            return Refused(403)
        self.refresh_settings()
        said = said_by(arrival.bodies)
        if said.description is None:
            return Refused(488)
        leg = self._leg(dialog, source, arrival, said)
        leg.standing = True
        outcome = self._stand(leg, "invite", arrival, said)
        if isinstance(outcome, Accepted):
            self._legs[dialog] = leg
            self.invitations.stands(invitation, dialog)
        return outcome

    def uninvited(self, invitation: str, why: str, retry_after: int) -> None:
        """An invitation came to nothing."""
        self.invitations.failed(invitation, why, retry_after)
        log.warning("not invited", source=invitation.partition("/")[2], why=why)

    def reanswered(self, dialog: str, arrival: Arrival) -> None:
        """The client's answer to an offer of ours within a dialog."""
        leg, said = self._legs[dialog], said_by(arrival.bodies)
        standing.remembered(leg, said.description)
        if leg.call and said.description is not None:
            call = self.calls[leg.call]
            negotiation = Negotiation(self._recorder, leg, call.numbers)
            negotiation.answered(said.description)
            self.telling.negotiated(call, leg, negotiation)
            self.telling.metadata(call, leg, said)

    def changed(self, dialog: str, arrival: Arrival, change: Change) -> Outcome:
        """A re-INVITE or an UPDATE: an offer, metadata, both, or neither."""
        leg, said = self._legs[dialog], said_by(arrival.bodies)
        if leg.standing and (said.description is not None or said.document is not None):
            return self._stand(leg, change, arrival, said)
        if not leg.call:
            leg.offered = change == "reinvite"
            return Accepted(leg.local.written() if leg.offered else b"")
        return self._change(leg, change, arrival, said, self._held(leg, said))

    def acknowledged(self, dialog: str, arrival: Arrival) -> bool:
        """An ACK; the client's answer where we offered."""
        leg = self._legs[dialog]
        call = self.calls.get(leg.call)
        if call is None:
            leg.offered = False
            return False
        if leg.offered and not arrival.bodies.sdp:
            leg.offered = False
            call.account.defects["the client did not answer our offer"] = None
        elif leg.offered:
            said = said_by(arrival.bodies)
            negotiation = Negotiation(self._recorder, leg, call.numbers)
            negotiation.answered(said.description or Description("", ()))
            self.telling.negotiated(call, leg, negotiation)
            self._take_in(call, leg, "invite", arrival, said)
        return leg.has_metadata and leg.metadata.wants_snapshot

    def informed(self, dialog: str, arrival: Arrival) -> None:
        """An INFO: that keys were pressed is noted, never which."""
        leg = self._legs[dialog]
        call = self.calls.get(leg.call)
        if call is None:
            return  # a key that nobody hears
        if "dtmf" in parse_media_type(arrival.message.headers.first("content-type")).name:
            call.account.dtmf = True
            self._recorder.event(call.id, self._now(), "dtmf")
            self.silencing.pressed(call)
        self.telling.signalled(call, leg, "info", arrival, said_by(arrival.bodies))

    def refresh(self, dialog: str) -> bytes:
        """Our description as it stands."""
        return self._legs[dialog].local.written()

    def ended(self, dialog: str, ending: Ending, arrival: Arrival | None) -> None:
        """A dialog is over; with its last one, the call is."""
        self.invitations.ended(dialog, ENDINGS.get(ending, "it hung up"))
        leg = self._legs.pop(dialog, None)
        if leg is None:
            return
        call = self.calls.get(leg.call)
        try:
            if call is not None:
                if ending in ENDINGS:
                    call.account.defects[ENDINGS[ending]] = None
                if arrival is not None:
                    self._take_in(call, leg, "bye", arrival, said_by(arrival.bodies))
        finally:
            self.telling.directory(leg.source).forget(dialog)
            if call is not None:
                self._leave(call, leg)

    # --- what others ask ----------------------------------------------------------------------------

    def wake(self) -> None:
        """Keep the calls whose notice has ended, end silences whose time is over. Called about every second."""
        self.refresh_settings()
        now = self._now()
        for call in self.calls.values():
            self.settling.wake(call, now)
            self.silencing.wake(call, now)
        if now - self._kept >= KEEP_EVERY_MS:
            self._kept = now
            self.rhythms.keep()

    def states(self) -> tuple[SourceState, ...]:
        """How each source of the settings stands."""
        named = {f"{each.organisation}/{each.name}": each.organisation for each in self._settings.sources}
        found = []
        for each in self.rhythms.states(named, self._now() // 1000):
            state, tries = self.invitations.state(f"{each.organisation}/{each.name}")
            found.append(msgspec.structs.replace(each, invitation=state, invited=tries))
        return tuple(found)

    # --- beginning and end --------------------------------------------------------------------------

    def _leg(self, dialog: str, source: CallSource, arrival: Arrival, said: Said) -> Leg:
        origin = said.description.origin if said.description else ""
        speech = Speech(arrival.message.headers, said.document, origin)
        address = self._settings.media_address or arrival.flow.local.host
        leg = Leg(
            dialog=dialog,
            call="",
            source=source,
            flow=arrival.flow,
            headers=speech.headers,
            dialect=source.dialect if source.dialect != "auto" else recognise(speech),
            local=LocalDescription(secrets.randbelow(2**31), address),
            names=joining_names(speech, source.name),
            side=dialog,
        )
        leg.metadata.elsewhere = self.telling.directory(source).find
        return leg

    def _call_of(self, leg: Leg, document: Document | None) -> tuple[LiveCall, bool]:
        """The call of a dialog, and whether it begins with it."""
        organisation, names = leg.source.organisation, leg.names
        groups, people = group_names(document, leg.source.name), people_of(document)
        known = self.live.sharing(organisation, names) or self.live.of_group(organisation, groups, people)
        if known is not None:
            leg.call = known.id
            leg.side = self.live.side_of(known, names) or leg.dialog
            self.live.join(known, names)
            return known, False
        now, name = self._now(), self._new_call()
        call = LiveCall(name, leg.source, Account(name, leg.source, now))
        leg.call = name
        call.account.test = self.sources.trials.of(leg.flow) is not None
        self.settling.began(call)
        self._recorder.open_call(organisation, name, now, leg.source.name)
        self.live.add(call)
        if past := self.live.before(organisation, groups, people, now):
            self.live.follow(call, past)
            self._recorder.event(name, now, "continues", part=past.call, shared=past.global_id)
        self.live.join(call, names)
        return call, True

    def _take_call(self, leg: Leg, kind: str, arrival: Arrival, said: Said) -> Outcome:
        """Begin a call with a dialog, or join one."""
        source = leg.source
        self.rhythms.heard(source.organisation, source.name, "call", self._now() // 1000)
        call, fresh = self._call_of(leg, said.document)
        try:
            return self._begin(call, leg, kind, arrival, said)
        except NotAvailableError:
            self._unable_until = self._now() + UNABLE_MS
            raise
        finally:
            if leg.dialog not in call.legs:
                leg.call = ""
                if fresh:
                    self._give_up(call)

    def _stand(self, leg: Leg, kind: str, arrival: Arrival, said: Said) -> Outcome:
        """A message of a session that stands: a call begins, goes on, ends, or there is none."""
        held, before = self._held(leg, said), {each.id for each in leg.metadata.sessions}
        standing.remembered(leg, said.description)
        if said.document is not None:
            leg.has_metadata = True
            leg.metadata.apply(said.document)
            self.telling.directory(leg.source).remember(leg.dialog, leg.metadata.elements)
        call, ended = self.calls.get(leg.call), False
        if call is not None and standing.goes_on(call, leg, said, before):
            return self._change(leg, kind, arrival, said, held)
        if call is not None:
            self.telling.signalled(call, leg, kind, arrival, said)
            self._leave(call, leg)
            leg.call, leg.streams, ended = "", [], True
            leg.metadata.forget_past()
            self.telling.directory(leg.source).forget(leg.dialog)
            self.telling.directory(leg.source).remember(leg.dialog, leg.metadata.elements)
        wanted = leg.has_metadata and leg.metadata.wants_snapshot
        if not standing.occupied(leg) and (said.readable or not standing.sending(leg)):
            answer = standing.rest(leg)
            if not answer:
                return Refused(488)
            offers = said.description is None and ended
            return Accepted(b"" if said.description is None else answer, snapshot=wanted, offer=offers)
        speech = Speech(leg.headers, said.document)
        leg.names, leg.side, leg.streams = joining_names(speech, leg.source.name), leg.dialog, []
        outcome = self._take_call(leg, kind, arrival, Said(leg.remote, said.document, said.readable))
        if said.description is None and isinstance(outcome, Accepted):
            return Accepted(b"", snapshot=outcome.snapshot, offer=True)
        return outcome

    def _held(self, leg: Leg, said: Said) -> frozenset[str]:
        return leg.metadata.held_by(said.document) if said.document else frozenset()

    def _change(self, leg: Leg, kind: str, arrival: Arrival, said: Said, held: frozenset[str]) -> Outcome:
        """A later message of a call under way; streams with these labels are on hold where they are inactive."""
        call = self.calls[leg.call]
        answer = b""
        if said.description is not None:
            negotiation = Negotiation(self._recorder, leg, call.numbers, held)
            answer = negotiation.answer(said.description)
            self.telling.negotiated(call, leg, negotiation)
            if not answer:
                return Refused(488)
        elif kind == "reinvite":
            leg.offered = True
            answer = leg.local.written()
        self._take_in(call, leg, kind, arrival, said)
        return Accepted(answer, snapshot=leg.metadata.wants_snapshot and leg.has_metadata)

    def _leave(self, call: LiveCall, leg: Leg) -> None:
        """A dialog speaks of a call no longer; with its last one, the call is over."""
        try:
            if len(call.legs) > 1:
                Negotiation(self._recorder, leg, call.numbers).answer(Description("", ()))
        finally:
            del call.legs[leg.dialog]
            if call.legs:
                self.telling.over(call, leg)
            else:
                self._close(call)

    def _begin(self, call: LiveCall, leg: Leg, kind: str, arrival: Arrival, said: Said) -> Outcome:
        negotiation = Negotiation(self._recorder, leg, call.numbers)
        if said.description is None:
            count = len(said.document.streams) if said.document else 1
            secure = leg.source.offer_srtp and leg.flow.transport == "TLS"
            answer = negotiation.offer(count, secure=secure)
        else:
            answer = negotiation.answer(said.description)
        call.account.defects.update(dict.fromkeys(negotiation.defects))
        if not answer:
            return Refused(488)
        call.legs[leg.dialog] = self._legs[leg.dialog] = leg
        self.telling.signalled(call, leg, kind, arrival, said)
        self.telling.first(call, leg, said)
        self.settling.named(call)
        self._ruled(call)
        self._unable_until = 0
        return Accepted(answer, snapshot=leg.has_metadata and leg.metadata.wants_snapshot)

    def _close(self, call: LiveCall) -> None:
        self._forget(call)
        self.settling.ended(call)
        if call.kept:
            self.live.remember(call, self._now())
            facts = call.account.facts(self._now())
            self.ended_trials.over(facts, sealed=False)
            self._recorder.close_call(call.id, facts)
        else:
            self._recorder.discard(call.id, call.left_out or "ended before the notice did")
            if call.account.test:
                self.ended_trials.declined(call.id, tuple(call.account.dialogs))

    def _give_up(self, call: LiveCall) -> None:
        self._forget(call)
        self._recorder.discard(call.id, "refused")

    def _forget(self, call: LiveCall) -> None:
        self.live.remove(call)
        self.settling.forget(call)

    def _take_in(self, call: LiveCall, leg: Leg, kind: str, arrival: Arrival, said: Said) -> None:
        """A message of a call under way: first as it came, then what follows from it."""
        self.telling.signalled(call, leg, kind, arrival, said)
        self.telling.metadata(call, leg, said)
        if said.document is not None or not said.readable:
            self._ruled(call)

    def _ruled(self, call: LiveCall) -> None:
        """More may be known of a call: what rules say of it."""
        self.silencing.queued(call)
        self.settling.decide(call)
