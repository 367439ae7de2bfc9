"""Who spoke with whom in a call whose recorder is gone: from the signalling that stands in its file.

The chunks are replayed as the recording session took them: metadata by dialog, streams in the order in which
they were opened. What policy did not let be kept (a header, a display name) is not known here either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from muniment.capture.calls.account import Account
from muniment.capture.calls.dialects import Speech, group_names, joining_names, recognise
from muniment.capture.calls.leg import Leg, LegStream
from muniment.capture.calls.sip.answering import LocalDescription
from muniment.capture.calls.sip.flows import Flow, Place
from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.message import Headers
from muniment.capture.calls.sip.metadata import Document, parse_metadata
from muniment.core.call_facts import CallFacts, NoticeEvidence
from muniment.core.call_settings import CallSource

NOWHERE = Place("0.0.0.0", 0)  # noqa: S104  no socket: a replayed dialog has no peer any more


class _Signalled(msgspec.Struct, frozen=True):
    at: int = 0
    dialog: str = ""
    kind: str = ""
    sdp: str = ""
    metadata: str = ""
    headers: dict[str, str] = {}


class _Opened(msgspec.Struct, frozen=True):
    stream: int = 0
    label: str = ""
    codecs: dict[str, dict[str, object]] = {}


class _Happened(msgspec.Struct, frozen=True):
    at: int = 0
    what: str = ""
    announcement: str = ""
    version: int = 0
    address: str = ""
    part: str = ""
    shared: str = ""


@dataclass
class Recovery:
    """What the chunks of one call add up to. `sources` are those of the settings."""

    organisation: str
    sources: Sequence[CallSource] = ()
    _legs: dict[str, Leg] = field(default_factory=dict)
    _account: Account | None = None
    _caller: str = ""
    """Who called, where something said so."""
    _waiting: list[LegStream] = field(default_factory=list)
    _known: set[int] = field(default_factory=set)

    def began(self, call: str, started: int, source: str) -> None:
        """The head of the file."""
        self._account = Account(call, self._source(source), started)

    def opened(self, value: Mapping[str, object]) -> None:
        """A stream; the dialog that is signalled next opened it."""
        said = msgspec.convert(value, _Opened, strict=False)
        if said.stream not in self._known:
            self._known.add(said.stream)
            names = (str(each.get("name", "")) for each in said.codecs.values())
            self._waiting.append(LegStream(said.stream, said.label, tuple(dict.fromkeys(names))))

    def signalled(self, value: Mapping[str, object]) -> None:
        """A message, as far as it was kept."""
        account = self._account
        if account is None:
            return
        said = msgspec.convert(value, _Signalled, strict=False)
        headers = Headers(tuple((name.lower(), text) for name, text in said.headers.items()))
        document = _document(said.metadata)
        leg = self._legs.get(said.dialog)
        if leg is None:
            speech = Speech(headers, document)
            dialect = account.source.dialect if account.source.dialect != "auto" else recognise(speech)
            flow = Flow("TCP", NOWHERE, NOWHERE)
            local = LocalDescription(0, NOWHERE.host)
            leg = Leg(said.dialog, account.call, account.source, flow, headers, dialect, local)
            self._legs[said.dialog] = leg
            account.dialogs[said.dialog] = None
            account.evidence.setdefault("dialect", dialect)
            leg.side = self._side(leg, joining_names(speech, account.source.name))
            account.joins.update(dict.fromkeys(joining_names(speech, account.source.name)))
        elif document is not None:
            account.joins.update(
                dict.fromkeys(joining_names(Speech(Headers(), document), account.source.name))
            )
        leg.streams += self._waiting
        self._waiting = []
        account.groups.update(dict.fromkeys(group_names(document, account.source.name)))
        if document is not None:
            leg.has_metadata = True
            leg.metadata.apply(document)
        account.note(leg)
        if said.kind == "bye":
            account.over(leg)

    def happened(self, value: Mapping[str, object]) -> None:
        """An event: holds, keys, the notice that was heard."""
        account = self._account
        if account is None:
            return
        said = msgspec.convert(value, _Happened, strict=False)
        match said.what:
            case "hold" | "resume":
                account.hold(said.at, on=said.what == "hold")
            case "notice":
                account.notice = NoticeEvidence("played", said.announcement, said.version, at=said.at)
            case "continues" if said.part:
                account.joins = {said.shared: None, **account.joins}
                account.parts[said.part] = None
            case "caller":
                self._caller = said.address
            case _:
                pass

    def completed(self, counted: CallFacts) -> CallFacts:
        """What the chunks counted, with who spoke with whom, which way, in which queue, under which names."""
        if self._account is None or not self._legs:
            return counted
        for key, named in self._account.parties.items():
            if self._caller and named.address == self._caller:
                self._account.parties[key] = replace(named, calling=True)
        told = self._account.facts(counted.ended)
        known = {stream.number: stream for stream in told.streams}
        streams = tuple(
            msgspec.structs.replace(
                stream,
                label=known[stream.number].label or stream.label,
                party=known[stream.number].party,
            )
            if stream.number in known
            else stream
            for stream in counted.streams
        )
        return msgspec.structs.replace(
            counted,
            global_id=told.global_id,
            direction=told.direction,
            answered=told.answered,
            queue=told.queue,
            parties=told.parties,
            streams=streams,
            legs=told.legs,
            holds=told.holds,
            notice=told.notice,
            evidence=told.evidence,
            parts=told.parts,
            defects=tuple(dict.fromkeys((*counted.defects, *told.defects))),
        )

    def _side(self, leg: Leg, names: tuple[str, ...]) -> str:
        """The dialog that spoke first of the same conversation."""
        leg.names = names
        known = (each.side for each in self._legs.values() if set(each.names) & set(names))
        return next(known, leg.dialog)

    def _source(self, name: str) -> CallSource:
        """The source by its name; where it stands in the settings no more, one with their usual values."""
        for source in self.sources:
            if (source.organisation, source.name) == (self.organisation, name):
                return source
        return CallSource(organisation=self.organisation, name="gone", networks=("192.0.2.0/32",))


def _document(text: str) -> Document | None:
    if not text:
        return None
    try:
        return parse_metadata(text.encode())
    except MalformedError:
        return None
