"""What a message says of a live call: into its account, as events into its file, and as much of it as may be kept."""

from collections.abc import Callable
from typing import NamedTuple

from muniment.capture.calls.attendance import Happening
from muniment.capture.calls.dialects import Speech, group_names, joining_names
from muniment.capture.calls.directory import Directory
from muniment.capture.calls.leg import Leg, Negotiation
from muniment.capture.calls.live_calls import LiveCall, LiveCalls
from muniment.capture.calls.ports import Recorder
from muniment.capture.calls.sip.application import Arrival
from muniment.capture.calls.sip.bodies import Bodies
from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.message import Headers
from muniment.capture.calls.sip.metadata import Document, parse_metadata
from muniment.capture.calls.sip.minimising import kept_metadata
from muniment.capture.calls.sip.sdp import Description, parse_sdp, without_secrets
from muniment.core.call_settings import CallSource


class Said(NamedTuple):
    """What the bodies of a message say."""

    description: Description | None
    document: Document | None
    readable: bool = True
    """False where metadata came that cannot be read: the call is recorded all the same."""


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

    def first(self, call: LiveCall, leg: Leg, said: Said) -> None:
        """The message that opened a dialog."""
        call.account.dialogs[name_of(leg)] = None
        call.account.evidence.setdefault("dialect", leg.dialect)
        call.account.evidence.update(_kept_headers(leg.source, leg.headers))
        if said.document is None and said.readable and not near_end_known(leg):
            call.account.defects["the client sent no metadata"] = None
        self.metadata(call, leg, said)

    def metadata(self, call: LiveCall, leg: Leg, said: Said) -> None:
        """What a message says of who is in the call; called for every message, for holds may end by offers alone."""
        document = said.document
        if document is not None:
            leg.has_metadata = True
            self._calls.join(call, joining_names(Speech(Headers(), document), leg.source.name))
            call.account.groups.update(dict.fromkeys(group_names(document, leg.source.name)))
            leg.metadata.apply(document)
            self.directory(leg.source).remember(leg.dialog, leg.metadata.elements)
        elif not said.readable:
            leg.has_metadata = True
            leg.metadata.lost()
        self._happened(call, call.account.note(leg))
        self._hold(call)
        self._called(call)

    def negotiated(self, call: LiveCall, leg: Leg, negotiation: Negotiation) -> None:
        """What offer and answer have come to: pauses, and what was not taken."""
        call.account.defects.update(dict.fromkeys(negotiation.defects))
        for switch in negotiation.switches:
            if switch.masked:
                call.account.mask(self._now(), switch.number, "sip", leg.source.name, on=not switch.sending)

    def over(self, call: LiveCall, leg: Leg) -> None:
        """A dialog has ended, and the call goes on without it."""
        self._happened(call, call.account.over(leg))
        self._hold(call)

    def signalled(self, call: LiveCall, leg: Leg, kind: str, arrival: Arrival, said: Said) -> None:
        """Hand on what policy lets be kept: no key, no header and no extension that it does not name."""
        source, metadata = leg.source, ""
        if said.document and said.document.tree:
            metadata = kept_metadata(
                said.document.tree, source.metadata_extensions, names=source.display_names
            )
        sdp = without_secrets(arrival.bodies.sdp) if arrival.bodies.sdp else ""
        headers = {
            "Call-ID": name_of(leg),
            **_kept_headers(source, arrival.message.headers),
        }
        self._recorder.signalled(call.id, kind, self._now(), sdp, metadata, headers)

    def _called(self, call: LiveCall) -> None:
        """Have the file say who called, where an extension that is not kept may be all that says so."""
        caller = next((named.address for named in call.account.parties.values() if named.calling), "")
        if caller and caller != call.caller:
            call.caller = caller
            self._recorder.event(call.id, self._now(), "caller", address=caller)

    def _happened(self, call: LiveCall, happenings: list[Happening]) -> None:
        """Who came, and how, and who went: into the file of the call."""
        for each in happenings:
            address = call.account.address_of(each.who)
            self._recorder.event(call.id, self._now(), each.what, address=address)

    def _hold(self, call: LiveCall) -> None:
        """Somebody who sent and no longer does is on hold, and so is a conversation of which nothing comes any more."""
        sides: dict[str, list[Leg]] = {}
        for leg in call.legs.values():
            sides.setdefault(leg.side, []).append(leg)
        quiet = any(all(leg.paused for leg in legs) for legs in sides.values())
        held = quiet or any(leg.resting or leg.metadata.silenced for leg in call.legs.values())
        if call.account.hold(self._now(), on=held):
            self._recorder.event(call.id, self._now(), "hold" if held else "resume")


def name_of(leg: Leg) -> str:
    """The dialog's name for its call: the Call-ID; where calls follow one another in it, each has a name of its own."""
    call_id = plain(leg.headers.first("call-id"))
    return f"{call_id}/{leg.call}" if leg.standing else call_id


def near_end_known(leg: Leg) -> bool:
    """Whether the parties are named by headers instead of metadata."""
    return leg.dialect in {"cisco-cucm", "cisco-cube"}


def said_by(bodies: Bodies) -> Said:
    """The bodies of a message, read. MalformedError where its description is none; metadata may be unreadable."""
    description = parse_sdp(bodies.sdp) if bodies.sdp else None
    if not bodies.metadata:
        return Said(description, None)
    try:
        return Said(description, parse_metadata(bodies.metadata, bodies.charset))
    except MalformedError:
        return Said(description, None, readable=False)


def plain(text: str) -> str:
    """Text that is UTF-8 for certain, bytes that were not written as escapes."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _kept_headers(source: CallSource, headers: Headers) -> dict[str, str]:
    found = {name: plain(headers.first(name.lower())) for name in source.headers}
    return {name: value for name, value in found.items() if value}
