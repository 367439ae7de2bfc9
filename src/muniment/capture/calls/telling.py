"""What a message says of a live call: into its account, as events into its file, and as much of it as may be kept."""

from collections.abc import Callable

from muniment.capture.calls.dialects import PLACEHOLDER, Speech, joining_names
from muniment.capture.calls.directory import Directory
from muniment.capture.calls.leg import Leg, Negotiation
from muniment.capture.calls.live_calls import LiveCall, LiveCalls
from muniment.capture.calls.ports import Recorder
from muniment.capture.calls.sip.application import Arrival
from muniment.capture.calls.sip.bodies import Bodies
from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.message import Headers
from muniment.capture.calls.sip.metadata import Document, Participant, parse_metadata
from muniment.capture.calls.sip.minimising import kept_metadata
from muniment.capture.calls.sip.sdp import without_secrets
from muniment.core.call_settings import CallSource


class Telling:
    """Takes in what clients say, for the calls of one recorder."""

    def __init__(self, calls: LiveCalls, recorder: Recorder, now: Callable[[], int]) -> None:
        self._calls = calls
        self._recorder = recorder
        self._now = now
        self._directories: dict[str, Directory] = {}

    def directory(self, source: CallSource) -> Directory:
        """What one client has defined in all its dialogs."""
        return self._directories.setdefault(f"{source.organisation}/{source.name}", Directory())

    def first(self, call: LiveCall, leg: Leg, document: Document | None, *, readable: bool) -> None:
        """The metadata of the message that opened a dialog."""
        call.account.dialogs[plain(leg.headers.first("call-id"))] = None
        call.account.evidence.setdefault("dialect", leg.dialect)
        call.account.evidence.update(_kept_headers(leg.source, leg.headers))
        if document is None and readable and not near_end_known(leg):
            call.account.defects["the client sent no metadata"] = None
        self._take(call, leg, document, readable=readable)

    def metadata(self, call: LiveCall, leg: Leg, bodies: Bodies) -> bool:
        """The metadata of a later message; whether it brought any."""
        if not bodies.metadata:
            call.account.note(leg)
            return False
        document, readable = document_of(bodies)
        if document:
            self._calls.join(call, joining_names(Speech(Headers(), document), leg.source.name))
        self._take(call, leg, document, readable=readable)
        return True

    def negotiated(self, call: LiveCall, leg: Leg, negotiation: Negotiation) -> None:
        """What offer and answer have come to: pauses, and what was not taken."""
        now = self._now()
        call.account.defects.update(dict.fromkeys(negotiation.defects))
        for switch in negotiation.switches:
            call.account.mask(now, switch.number, "sip", leg.source.name, on=not switch.sending)
        paused = all(each.paused for each in call.legs.values())
        if negotiation.switches and call.account.hold(now, on=paused):
            self._recorder.event(call.id, now, "hold" if paused else "resume")
        call.account.note(leg)

    def signalled(self, call: LiveCall, leg: Leg, kind: str, arrival: Arrival) -> None:
        """Hand on what policy lets be kept: no key, no header and no extension that it does not name."""
        source = leg.source
        document, _ = document_of(arrival.bodies)
        metadata = ""
        if document and document.tree:
            metadata = kept_metadata(document.tree, source.metadata_extensions, names=source.display_names)
        sdp = without_secrets(arrival.bodies.sdp) if arrival.bodies.sdp else ""
        headers = {
            "Call-ID": plain(leg.headers.first("call-id")),
            **_kept_headers(source, arrival.message.headers),
        }
        self._recorder.signalled(call.id, kind, self._now(), sdp, metadata, headers)

    # --- metadata -----------------------------------------------------------------------------------

    def _take(self, call: LiveCall, leg: Leg, document: Document | None, *, readable: bool) -> None:
        if document is not None:
            leg.has_metadata = True
            before = {link.participant: bool(link.sends) for link in leg.metadata.links.values()}
            known = {each.id for each in leg.metadata.all(Participant)}
            leg.metadata.apply(document)
            self.directory(leg.source).remember(leg.dialog, leg.metadata.elements)
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


def near_end_known(leg: Leg) -> bool:
    """Whether the parties are named by headers instead of metadata."""
    return leg.dialect in {"cisco-cucm", "cisco-cube"}


def document_of(bodies: Bodies) -> tuple[Document | None, bool]:
    """The metadata, and whether what came could be read: a call is recorded in either case."""
    if not bodies.metadata:
        return None, True
    try:
        return parse_metadata(bodies.metadata, bodies.charset), True
    except MalformedError:
        return None, False


def plain(text: str) -> str:
    """Text that is UTF-8 for certain, bytes that were not written as escapes."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _kept_headers(source: CallSource, headers: Headers) -> dict[str, str]:
    found = {name: plain(headers.first(name.lower())) for name in source.headers}
    return {name: value for name, value in found.items() if value}
