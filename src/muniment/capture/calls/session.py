"""Recording sessions: what SIP says of calls becomes what the recorder does (RFC 7866).

A call is opened by the first dialog that names it, and closed when its last dialog ends. A second dialog
with a name that a live call has (the far end of the same phone, a second recorder, the other controller)
joins that call: one call is one record.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from muniment.capture.calls.account import Account
from muniment.capture.calls.announced import announcements_of
from muniment.capture.calls.control import Done, FindCall, PageShown, SilenceCall, TakeAnnouncements
from muniment.capture.calls.dialects import PLACEHOLDER, Speech, joining_names, recognise
from muniment.capture.calls.directory import Directory
from muniment.capture.calls.leg import Leg, Negotiation, NextNumber
from muniment.capture.calls.notice import Audible, Listening
from muniment.capture.calls.ports import Recorder, Watchful
from muniment.capture.calls.rhythm import Rhythms, SourceState
from muniment.capture.calls.ruling import UNDECIDED_MS, Ruling
from muniment.capture.calls.silences import REASONS, CardRules, Silences
from muniment.capture.calls.sip.answering import LocalDescription
from muniment.capture.calls.sip.application import Accepted, Arrival, Change, Ending, Outcome, Refused
from muniment.capture.calls.sip.bodies import Bodies
from muniment.capture.calls.sip.flows import Flow
from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.media_types import parse_media_type
from muniment.capture.calls.sip.message import Headers
from muniment.capture.calls.sip.metadata import Document, Participant, parse_metadata
from muniment.capture.calls.sip.minimising import kept_metadata
from muniment.capture.calls.sip.sdp import Description, parse_sdp, without_secrets
from muniment.capture.calls.sources import Sources
from muniment.capture.calls.trials import Ended
from muniment.core import clock
from muniment.core.announcement_settings import Announcement
from muniment.core.call_outline import Outline
from muniment.core.call_settings import CallSettings, CallSource
from muniment.core.errors import NotAvailableError
from muniment.core.notice_reasons import evidence as reasoned
from muniment.core.prompts import Prompt, fitting

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
MOST_LEGS = 16  # dialogs of one call; a client that opens more under one name is not describing a call


@dataclass
class LiveCall:
    """A call that is being recorded."""

    id: str
    source: CallSource
    account: Account
    numbers: NextNumber
    legs: dict[str, Leg] = field(default_factory=dict)
    kept: bool = False
    notice_ends: int = 0
    """Milliseconds since 1970; 0 where no notice is waited for."""
    silences: Silences = field(default_factory=Silences)
    caller: str = ""
    """The address of who called, once something says so; it stands in the file of the live call."""
    heard_until: int = 0
    """When the notice that was heard is over; 0 while none was."""
    left_out: str = ""
    """What the ledger will say of the call where a rule leaves it out."""
    undecided_until: int = 0
    """Until when a rule waits for what is not known yet; 0: none does."""


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
        self.calls: dict[str, LiveCall] = {}
        self._settings = settings
        self._rules = CardRules(settings.card)
        self._ruling = Ruling(settings.rule, settings.line)
        self.prompts: dict[Announcement, Prompt] = {}
        """The announcements that can be listened for, by what the settings say of them."""
        self.announced: dict[str, str] = {}
        """By organisation: the digest of the announcements that the worker told, beside those of the settings."""
        self._told: dict[str, dict[Announcement, Prompt]] = {}
        self.listening = Listening(recorder) if isinstance(recorder, Audible) else None
        self._recorder = recorder
        self._now = now
        self._new_call = new_call
        self._legs: dict[str, Leg] = {}
        self._joins: dict[tuple[str, str], str] = {}
        self._directories: dict[str, Directory] = {}
        self._unable_until = 0
        self.ended_trials = Ended()
        """What became of test calls; the recorder that seals them shares it."""
        self.rhythms = Rhythms()
        """When each source has spoken."""
        self._kept = 0

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
        self.rhythms.heard(source.organisation, source.name, "call", self._now() // 1000)
        description = parse_sdp(arrival.bodies.sdp) if arrival.bodies.sdp else None
        document, readable = _document(arrival.bodies)
        speech = Speech(arrival.message.headers, document, description.origin if description else "")
        leg = self._leg(dialog, source, arrival, speech)
        call, fresh = self._call_of(leg, joining_names(speech, source.name))
        try:
            return self._begin(call, leg, arrival, description, document, readable=readable)
        except NotAvailableError:
            self._unable_until = self._now() + UNABLE_MS
            raise
        finally:
            if fresh and not call.legs:
                self._give_up(call)

    def changed(self, dialog: str, arrival: Arrival, change: Change) -> Outcome:
        """A re-INVITE or an UPDATE: an offer, metadata, both, or neither."""
        leg = self._legs[dialog]
        call = self.calls[leg.call]
        description = parse_sdp(arrival.bodies.sdp) if arrival.bodies.sdp else None
        answer = b""
        if description is not None:
            negotiation = Negotiation(self._recorder, leg, call.numbers)
            answer = negotiation.answer(description)
            self._after(call, leg, negotiation)
            if not answer:
                return Refused(488)
        elif change == "reinvite":
            leg.offered = True
            answer = leg.local.written()
        self._metadata(call, leg, arrival)
        self._signalled(call, leg, change, arrival)
        return Accepted(answer, snapshot=leg.metadata.wants_snapshot and leg.has_metadata)

    def acknowledged(self, dialog: str, arrival: Arrival) -> bool:
        """An ACK; the client's answer where we offered."""
        leg = self._legs[dialog]
        call = self.calls[leg.call]
        if leg.offered and not arrival.bodies.sdp:
            leg.offered = False
            call.account.defects["the client did not answer our offer"] = None
        elif leg.offered:
            negotiation = Negotiation(self._recorder, leg, call.numbers)
            negotiation.answered(parse_sdp(arrival.bodies.sdp))
            self._after(call, leg, negotiation)
            self._metadata(call, leg, arrival)
            self._signalled(call, leg, "invite", arrival)
        return leg.has_metadata and leg.metadata.wants_snapshot

    def informed(self, dialog: str, arrival: Arrival) -> None:
        """An INFO: that keys were pressed is noted, never which."""
        leg = self._legs[dialog]
        call = self.calls[leg.call]
        if "dtmf" in parse_media_type(arrival.message.headers.first("content-type")).name:
            call.account.dtmf = True
            self._recorder.event(call.id, self._now(), "dtmf")
            if keys_ms := self._rules.of(call.source.organisation).keys_ms:
                self._begin_silence(call, "dtmf", "keys", self._now() + keys_ms)
        self._signalled(call, leg, "info", arrival)

    def refresh(self, dialog: str) -> bytes:
        """Our description as it stands."""
        return self._legs[dialog].local.written()

    def ended(self, dialog: str, ending: Ending, arrival: Arrival | None) -> None:
        """A dialog is over; with its last one, the call is."""
        leg = self._legs.pop(dialog, None)
        if leg is None:
            return
        call = self.calls[leg.call]
        if ending in ENDINGS:
            call.account.defects[ENDINGS[ending]] = None
        try:
            if arrival is not None:
                self._metadata(call, leg, arrival)
                self._signalled(call, leg, "bye", arrival)
            if len(call.legs) > 1:
                Negotiation(self._recorder, leg, call.numbers).answer(Description("", ()))
            call.account.note(leg)
        finally:
            del call.legs[dialog]
            self._directory(leg.source).forget(dialog)
            if not call.legs:
                self._close(call)

    # --- what others ask ----------------------------------------------------------------------------

    def mask(self, call: str, *, on: bool, why: str, by: str, stream: int | None = None) -> bool:
        """Silence or sound by word of the agent's desktop or a rule; whether there is such a call."""
        return self.silence(SilenceCall(call, on, why, by, stream)).done

    def silence(self, request: SilenceCall) -> Done:
        """The same, of a call of one organisation, by any name that it has."""
        live = self._named(request.call, request.organisation)
        if live is None:
            return Done(done=False)
        if request.stream is not None:
            self._silent(live, request.why, request.by, on=request.on, stream=request.stream)
        elif request.on:
            longest = self._settings.longest_silence
            self._begin_silence(live, "api", request.by, self._now() + longest * 1000 if longest else 0)
        else:
            self._end_silence(live, "api")
        return Done(done=True, call=live.id, silent=bool(live.silences.asking))

    def find(self, request: FindCall) -> Done:
        """Which live call has a name, and whether it is silent."""
        live = self._named(request.call, request.organisation)
        return Done(done=True, call=live.id, silent=bool(live.silences.asking)) if live else Done(done=False)

    def page(self, request: PageShown) -> Done:
        """The agent's desktop shows a page: silent while a rule fits it, heard again on the next that does not."""
        live = self._named(request.call, request.organisation)
        if live is None:
            return Done(done=False)
        rule = self._rules.of(live.source.organisation).page(request.page)
        if rule is not None:
            self._begin_silence(live, "page", rule.name)
        else:
            self._end_silence(live, "page")
        return Done(
            done=True, call=live.id, silent=bool(live.silences.asking), rule=rule.name if rule else ""
        )

    def announce(self, request: TakeAnnouncements) -> Done:
        """Listen from now on for what was published, in calls that are under way as well."""
        self._told[request.organisation] = announcements_of(request)
        self.announced[request.organisation] = request.digest
        return Done(done=True)

    def wake(self) -> None:
        """Keep the calls whose notice has ended, end silences whose time is over. Called about every second."""
        now = self._now()
        for call in self.calls.values():
            if not call.kept and call.notice_ends:
                self._notice(call, now)
            elif not call.kept and call.undecided_until <= now:
                self._keep(call)
            for who in call.silences.over(now):
                self._end_silence(call, who)
        if now - self._kept >= KEEP_EVERY_MS:
            self._kept = now
            self.rhythms.keep()

    def states(self) -> tuple[SourceState, ...]:
        """How each source of the settings stands."""
        named = {f"{each.organisation}/{each.name}": each.organisation for each in self._settings.sources}
        return self.rhythms.states(named, self._now() // 1000)

    def _notice(self, call: LiveCall, now: int) -> None:
        """Keep a provisional call when its notice has ended, or after the longest wait for it."""
        if call.heard_until == 0 and self.listening is not None:
            prompts = self.prompts_of(call.account.outline, call.account.started)
            evidence = self.listening.look(call.id, tuple(prompts), call.account.started, now)
            if evidence is not None:
                length = next(
                    each.seconds
                    for each in prompts
                    if (each.name, each.version, each.language)
                    == (evidence.announcement, evidence.version, evidence.language)
                )
                call.account.notice, call.heard_until = evidence, evidence.at + round(length * 1000)
                self._recorder.event(
                    call.id,
                    evidence.at,
                    "notice",
                    announcement=evidence.announcement,
                    version=evidence.version,
                )
        if (call.heard_until and call.heard_until <= now) or call.notice_ends <= now:
            self._keep(call)

    def prompts_of(self, call: Outline, started: int) -> list[Prompt]:
        """The notices that are listened for in such a call."""
        known = {**self.prompts, **self._told.get(call.organisation, {})}
        return [known[each] for each in fitting(known, call, started)]

    def _named(self, name: str, organisation: str) -> LiveCall | None:
        """A live call by our name, or by one that its recording client gave."""
        live = self.calls.get(name)
        if live is None:
            live = next(
                (each for each in self.calls.values()
                 if (not organisation or each.source.organisation == organisation)
                 and (name in each.account.dialogs or name in each.account.joins)),
                None,
            )  # fmt: skip
        return live if live and organisation in {"", live.source.organisation} else None

    def _begin_silence(self, call: LiveCall, who: str, by: str, until: int = 0) -> None:
        if call.silences.begin(who, by, until):
            self._silent(call, REASONS[who], by, on=True)

    def _end_silence(self, call: LiveCall, who: str) -> None:
        by = call.silences.asking.get(who, ("", 0))[0]
        if call.silences.end(who):
            self._silent(call, REASONS[who], by, on=False)

    def _silent(self, call: LiveCall, why: str, by: str, *, on: bool, stream: int | None = None) -> None:
        self._recorder.mask(call.id, on=on, stream=stream, why=why, by=by)
        call.account.mask(self._now(), stream, why, by, on=on)

    def _ruled(self, call: LiveCall) -> None:
        """Calls of some queues are silent from the moment that their queue is known."""
        rule = (
            self._rules.of(call.source.organisation).silences_queue(call.account.queue)
            if call.account.queue
            else None
        )
        if rule is not None and "rule" not in call.silences.asking:
            self._begin_silence(call, "rule", rule.name)
        self._decide(call)

    def _decide(self, call: LiveCall) -> None:
        """By recording rules and lines, whenever more is known of a call."""
        known = call.account.outline
        self._ruling.settle(
            known, call.account, lambda what, **said: self._recorder.event(call.id, self._now(), what, **said)
        )
        if call.account.notice.state in {"not-feasible", "not-required"}:
            call.notice_ends = 0
        rule = self._ruling.leaves_out(known)
        if rule is not None:
            call.left_out = rule.word
            self._begin_silence(call, "left-out", rule.name)
        elif call.left_out:
            call.left_out = ""
            self._end_silence(call, "left-out")
        if not call.kept and call.legs and not call.notice_ends and call.undecided_until <= self._now():
            self._keep(call)

    # --- beginning and end --------------------------------------------------------------------------

    def _leg(self, dialog: str, source: CallSource, arrival: Arrival, speech: Speech) -> Leg:
        address = self._settings.media_address or arrival.flow.local.host
        leg = Leg(
            dialog=dialog,
            call="",
            source=source,
            flow=arrival.flow,
            headers=speech.headers,
            dialect=source.dialect if source.dialect != "auto" else recognise(speech),
            local=LocalDescription(secrets.randbelow(2**31), address),
        )
        leg.metadata.elsewhere = self._directory(source).find
        return leg

    def _call_of(self, leg: Leg, names: tuple[str, ...]) -> tuple[LiveCall, bool]:
        organisation = leg.source.organisation
        for name in names:
            known = self.calls.get(self._joins.get((organisation, name), ""))
            if known is not None and len(known.legs) < MOST_LEGS:
                leg.call = known.id
                self._join(known, names)
                return known, False
        now = self._now()
        call = LiveCall(self._new_call(), leg.source, Account("", leg.source, now), NextNumber())
        call.account.call = leg.call = call.id
        if self.sources.trials.of(leg.flow):
            call.account.test = True
        if leg.source.notice == "none":
            call.account.notice = reasoned(leg.source.no_notice)
        call.notice_ends = now + leg.source.notice_seconds * 1000 if leg.source.notice_seconds else 0
        self._recorder.open_call(organisation, call.id, now, leg.source.name)
        self.calls[call.id] = call
        self._join(call, names)
        return call, True

    def _begin(
        self,
        call: LiveCall,
        leg: Leg,
        arrival: Arrival,
        description: Description | None,
        document: Document | None,
        *,
        readable: bool,
    ) -> Outcome:
        negotiation = Negotiation(self._recorder, leg, call.numbers)
        if description is None:
            count = len(document.streams) if document else 1
            secure = leg.source.offer_srtp and leg.flow.transport == "TLS"
            answer = negotiation.offer(count, secure=secure)
        else:
            answer = negotiation.answer(description)
        call.account.defects.update(dict.fromkeys(negotiation.defects))
        if not answer:
            return Refused(488)
        call.legs[leg.dialog] = self._legs[leg.dialog] = leg
        call.account.dialogs[_plain(leg.headers.first("call-id"))] = None
        call.account.evidence.setdefault("dialect", leg.dialect)
        call.account.evidence.update(self._kept_headers(leg.source, leg.headers))
        if not (document or arrival.bodies.metadata) and not near_end_known(leg):
            call.account.defects["the client sent no metadata"] = None
        self._take(call, leg, document, readable=readable)
        if not call.kept and self._ruling.undecided(call.account.outline, call.account.named):
            call.undecided_until = call.undecided_until or self._now() + UNDECIDED_MS
        self._signalled(call, leg, "invite", arrival)
        self._ruled(call)
        self._unable_until = 0
        return Accepted(answer, snapshot=leg.has_metadata and leg.metadata.wants_snapshot)

    def _keep(self, call: LiveCall) -> None:
        if call.left_out:
            return
        self._recorder.keep(call.id)
        call.kept = True

    def _close(self, call: LiveCall) -> None:
        self._unjoin(call)
        if not call.kept and not call.notice_ends:
            self._keep(call)  # only a rule waited, and leaves it in
        if call.kept:
            facts = call.account.facts(self._now())
            self.ended_trials.over(facts, sealed=False)
            self._recorder.close_call(call.id, facts)
        else:
            self._recorder.discard(call.id, call.left_out or "ended before the notice did")
            if call.account.test:
                self.ended_trials.declined(call.id, tuple(call.account.dialogs))

    def _give_up(self, call: LiveCall) -> None:
        self._unjoin(call)
        self._recorder.discard(call.id, "refused")

    def _join(self, call: LiveCall, names: tuple[str, ...]) -> None:
        for name in names:
            call.account.joins[name] = None
            other = self._joins.setdefault((call.source.organisation, name), call.id)
            if other != call.id and other in self.calls:
                # Two live calls turn out to be one: each names the other as a part of it.
                call.account.parts[other] = None
                self.calls[other].account.parts[call.id] = None

    def _unjoin(self, call: LiveCall) -> None:
        self.calls.pop(call.id, None)
        if self.listening is not None:
            self.listening.forget(call.id)
        for name in call.account.joins:
            if self._joins.get((call.source.organisation, name)) == call.id:
                del self._joins[call.source.organisation, name]

    # --- what a message says ------------------------------------------------------------------------

    def _metadata(self, call: LiveCall, leg: Leg, arrival: Arrival) -> None:
        if not arrival.bodies.metadata:
            call.account.note(leg)
            return
        document, readable = _document(arrival.bodies)
        if document:
            self._join(call, joining_names(Speech(Headers(), document), leg.source.name))
        self._take(call, leg, document, readable=readable)
        self._ruled(call)

    def _take(self, call: LiveCall, leg: Leg, document: Document | None, *, readable: bool) -> None:
        if document is not None:
            leg.has_metadata = True
            before = {link.participant: bool(link.sends) for link in leg.metadata.links.values()}
            known = {each.id for each in leg.metadata.all(Participant)}
            leg.metadata.apply(document)
            self._directory(leg.source).remember(leg.dialog, leg.metadata.elements)
            self._holds(call, leg, before)
            self._newcomers(call, leg, known)
        elif not readable:
            leg.has_metadata = True
            leg.metadata.lost()
        call.account.note(leg)
        self._called(call)

    def _called(self, call: LiveCall) -> None:
        """Have the file say who called, where an extension that is not kept may be all that says so."""
        caller = next((named.address for named in call.account.parties.values() if named.calling), "")
        if caller and caller != call.caller:
            call.caller = caller
            self._recorder.event(call.id, self._now(), "caller", address=caller)

    def _holds(self, call: LiveCall, leg: Leg, before: dict[str, bool]) -> None:
        """Somebody who sent and no longer does is on hold (RFC 7865 section 6.8.1)."""
        for link in leg.metadata.links.values():
            if before.get(link.participant, bool(link.sends)) != bool(link.sends):
                now = self._now()
                if call.account.hold(now, on=not link.sends):
                    self._recorder.event(call.id, now, "resume" if link.sends else "hold")

    def _newcomers(self, call: LiveCall, leg: Leg, known: set[str]) -> None:
        """Somebody who comes later: into everybody's stream by conference, into a stream of their own by transfer."""
        everybody = [each for each in leg.metadata.all(Participant) if isinstance(each, Participant)]
        if any(PLACEHOLDER.match(each.address) for each in everybody if each.id in known):
            return  # the one who was meant all along is named now
        for participant in everybody:
            if known and participant.id not in known:
                what = "conference" if leg.metadata.shares(participant.id) else "transfer"
                self._recorder.event(call.id, self._now(), what)

    def _after(self, call: LiveCall, leg: Leg, negotiation: Negotiation) -> None:
        now = self._now()
        call.account.defects.update(dict.fromkeys(negotiation.defects))
        for switch in negotiation.switches:
            call.account.mask(now, switch.number, "sip", leg.source.name, on=not switch.sending)
        paused = all(each.paused for each in call.legs.values())
        if negotiation.switches and call.account.hold(now, on=paused):
            self._recorder.event(call.id, now, "hold" if paused else "resume")
        call.account.note(leg)

    def _signalled(self, call: LiveCall, leg: Leg, kind: str, arrival: Arrival) -> None:
        """Hand on what policy lets be kept: no key, no header and no extension that it does not name."""
        source = leg.source
        document, _ = _document(arrival.bodies)
        metadata = ""
        if document and document.tree:
            metadata = kept_metadata(document.tree, source.metadata_extensions, names=source.display_names)
        sdp = without_secrets(arrival.bodies.sdp) if arrival.bodies.sdp else ""
        headers = {
            "Call-ID": _plain(leg.headers.first("call-id")),
            **self._kept_headers(source, arrival.message.headers),
        }
        self._recorder.signalled(call.id, kind, self._now(), sdp, metadata, headers)

    def _kept_headers(self, source: CallSource, headers: Headers) -> dict[str, str]:
        found = {name: _plain(headers.first(name.lower())) for name in source.headers}
        return {name: value for name, value in found.items() if value}

    def _directory(self, source: CallSource) -> Directory:
        return self._directories.setdefault(f"{source.organisation}/{source.name}", Directory())


def near_end_known(leg: Leg) -> bool:
    """Whether the parties are named by headers instead of metadata."""
    return leg.dialect in {"cisco-cucm", "cisco-cube"}


def _document(bodies: Bodies) -> tuple[Document | None, bool]:
    """The metadata, and whether what came could be read: a call is recorded in either case."""
    if not bodies.metadata:
        return None, True
    try:
        return parse_metadata(bodies.metadata, bodies.charset), True
    except MalformedError:
        return None, False


def _plain(text: str) -> str:
    """Text that is UTF-8 for certain, bytes that were not written as escapes."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
