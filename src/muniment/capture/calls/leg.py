"""One dialog of a call: its m-lines as streams of the recorder, its metadata, what it says of parties."""

from dataclasses import dataclass, field, replace

from muniment.capture.calls.ports import ON_HOLD, MediaAnswer, MediaOffer, Recorder
from muniment.capture.calls.sip.answering import (
    Line,
    LocalDescription,
    direction_of,
    line_for,
    offer_of,
    sends,
    taken_codecs,
)
from muniment.capture.calls.sip.codecs import OFFERED
from muniment.capture.calls.sip.flows import Flow
from muniment.capture.calls.sip.message import Headers
from muniment.capture.calls.sip.metadata import Stream
from muniment.capture.calls.sip.metadata_state import MetadataState
from muniment.capture.calls.sip.sdp import Description, Media
from muniment.core.call_settings import CallSource

MOST_OFFERED = 4  # streams in an offer of ours, however many the metadata name


@dataclass
class LegStream:
    """An m-line that is a stream of the call."""

    number: int
    label: str
    codecs: tuple[str, ...] = ()
    sending: bool = True
    """Whether the client said that it sends."""
    begun: bool = True
    """Whether it ever did."""
    masked: bool = False
    """Whether it is silent because the client paused the recording."""
    ended: bool = False


@dataclass
class Leg:
    """One dialog."""

    dialog: str
    call: str
    source: CallSource
    flow: Flow
    headers: Headers
    dialect: str
    local: LocalDescription
    metadata: MetadataState = field(default_factory=MetadataState)
    has_metadata: bool = False
    streams: list[LegStream | None] = field(default_factory=list)
    """By the place of the m-line; None for one that is not taken."""
    offered: bool = False
    """Whether the client is still to answer an offer of ours."""
    standing: bool = False
    """Whether it stands without a call too; then `call` is empty while there is none."""
    remote: Description | None = None
    """What the client of such a one last said of its media."""
    names: tuple[str, ...] = ()
    """What recordings of the same conversation share."""
    side: str = ""
    """The first dialog that spoke of the same conversation: its own, unless it doubles another."""

    @property
    def taken(self) -> list[LegStream]:
        """The streams that are recorded, in their order."""
        return [stream for stream in self.streams if stream is not None]

    @property
    def paused(self) -> bool:
        """Whether the client said of every stream that nothing comes any more."""
        return _all_quiet([stream for stream in self.taken if not stream.ended])

    @property
    def resting(self) -> bool:
        """Whether one of several conversations in it is on hold: nothing comes of its streams any more."""
        streams: dict[str, list[LegStream]] = {}
        for place, stream in enumerate(self.streams):
            if stream is not None and not stream.ended:
                found = self.metadata.elements.get(self.named(place))
                session = found.session if isinstance(found, Stream) else ""
                streams.setdefault(session, []).append(stream)
        going_on = {each.id for each in self.metadata.sessions}
        return any(session in going_on and _all_quiet(each) for session, each in streams.items())

    def named(self, place: int) -> str:
        """The metadata's name of the stream at a place: by its label, else by its place where both count the same."""
        stream = self.streams[place]
        if stream is None:
            return ""
        if found := self.metadata.stream_by_label(stream.label):
            return found
        known = [
            each
            for each in self.metadata.all(Stream)
            if isinstance(each, Stream) and each.id in self.metadata.present
        ]
        return known[place].id if len(known) == len(self.streams) else ""


def _all_quiet(streams: list[LegStream]) -> bool:
    return any(each.begun for each in streams) and not any(each.sending for each in streams)


@dataclass(frozen=True)
class Switch:
    """A stream that began or ceased to be sent."""

    number: int
    sending: bool
    masked: bool
    """Whether silence begins or ends with it; one that is merely on hold is silent, and no span says so."""


class Negotiation:
    """Carries an offer of a client to the recorder and writes our answer. `number` gives fresh numbers.

    Streams whose labels are in `held` are on hold where they become inactive; others are paused, and masked. What comes of
    either all the same is not kept.
    """

    def __init__(
        self, recorder: Recorder, leg: Leg, number: "NextNumber", held: frozenset[str] = frozenset()
    ) -> None:
        self._held = held
        self._recorder = recorder
        self._leg = leg
        self._number = number
        self.switches: list[Switch] = []
        self.defects: list[str] = []

    def answer(self, description: Description) -> bytes:
        """Our answer to an offer; empty where nothing in it can be taken (488).

        NotAvailableError where a new stream cannot be kept; what was open stays open.
        """
        lines = [self._line(place, media) for place, media in enumerate(description.media)]
        for place in range(len(lines), len(self._leg.streams)):
            self._end(place)  # m-lines never disappear (RFC 3264 section 8); one that does has ended
        if not any(line.taken for line in lines) and not self._leg.taken:
            return b""
        self._leg.local.lines = lines
        return self._leg.local.written()

    def offer(self, count: int, *, secure: bool) -> bytes:
        """Our offer to a client that made none (RFC 7866 section 7.2)."""
        leg = self._leg
        for place in range(max(1, min(count, MOST_OFFERED))):
            profile = "RTP/SAVP" if secure else "RTP/AVP"
            label = str(place + 1)
            offer = MediaOffer(self._number(), label, "", 0, OFFERED, profile)
            taken = self._recorder.open_stream(leg.call, offer)
            formats = tuple(str(number) for number in OFFERED)
            leg.local.lines.append(Line("audio", profile, formats, dict(OFFERED), label, taken))
            leg.streams.append(LegStream(offer.number, label))
        leg.offered = True
        return leg.local.written()

    def answered(self, description: Description) -> None:
        """The client's answer to our offer."""
        leg = self._leg
        leg.offered = False
        for place, stream in enumerate(leg.streams):
            media = description.media[place] if place < len(description.media) else None
            if stream is None or stream.ended:
                continue
            if media is None or not media.port:
                self._end(place)
                continue
            direction = direction_of(media)
            offer = offer_of(media, stream.number, media.label or stream.label, direction)
            offer = replace(offer, handshake=None)  # we offered none
            self._change(stream, offer, on=sends(direction))
            stream.codecs = tuple(codec.name for codec in offer.codecs.values())
            stream.label = offer.label

    def _line(self, place: int, media: Media) -> Line:
        streams = self._leg.streams
        while len(streams) <= place:
            streams.append(None)
        stream = streams[place]
        codecs = taken_codecs(media)
        if not media.port or not self._can_take(media) or not codecs:
            self._end(place)
            return line_for(media, None, {})
        direction = direction_of(media)
        number = stream.number if stream and not stream.ended else self._number()
        offer = offer_of(media, number, media.label or str(place + 1), direction)
        # Keys in the clear are no keys: a handshake or plain RTP it is.
        offer = replace(offer, handshake=None) if self._has_key(media) else replace(offer, crypto=())
        answer = self._put(place, offer)
        if not sends(direction):  # who sends nothing is answered `inactive` (RFC 3264 section 6.1)
            answer = replace(answer, direction="inactive")
        return line_for(media, answer if answer.accepted else None, codecs)

    def _put(self, place: int, offer: MediaOffer) -> MediaAnswer:
        leg, stream = self._leg, self._leg.streams[place]
        on = sends(offer.direction)
        if stream is None or stream.ended:
            answer = self._recorder.open_stream(leg.call, offer)
            if answer.accepted:
                leg.streams[place] = LegStream(offer.number, offer.label, sending=on, begun=on)
        else:
            answer = self._change(stream, offer, on=on)
            if not answer.accepted:
                stream.ended = True
        stream = leg.streams[place]
        if stream is not None:
            stream.codecs = tuple(codec.name for codec in offer.codecs.values())
            stream.label = offer.label
        return answer

    def _change(self, stream: LegStream, offer: MediaOffer, *, on: bool) -> MediaAnswer:
        self._switch(stream, on=on, before=True)
        try:
            return self._recorder.change_stream(self._leg.call, offer)
        finally:
            self._switch(stream, on=on, before=False)  # what resumes is heard, whatever failed

    def _switch(self, stream: LegStream, *, on: bool, before: bool) -> None:
        """Silence begins before the change is carried out, and ends after it: no packet slips between."""
        if on in {stream.sending, before}:
            return
        stream.sending = on
        stream.begun = stream.begun or on
        masks = stream.masked if on else stream.label not in self._held
        stream.masked = masks and not on
        self.switches.append(Switch(stream.number, on, masks))
        leg, why = self._leg, "sip" if masks else ON_HOLD
        self._recorder.mask(leg.call, on=not on, stream=stream.number, why=why, by=leg.source.name)

    def _end(self, place: int) -> None:
        stream = self._leg.streams[place]
        if stream is not None and not stream.ended:
            stream.ended = True
            leg = self._leg
            over = MediaOffer(stream.number, stream.label, leg.flow.peer.host, 0, {})
            self._recorder.change_stream(leg.call, over)

    def _can_take(self, media: Media) -> bool:
        if not media.is_rtp:
            self.defects.append(f"a stream of another kind ({media.kind[:20]}) was not taken")
            return False
        if not media.secure or self._has_key(media) or media.handshake:
            return True
        if media.keyed_by_dtls:
            self.defects.append("a stream keyed by DTLS came without a usable fingerprint")
        elif media.crypto:
            self.defects.append("keys of SRTP over unencrypted SIP were refused (RFC 4568 section 8)")
        else:
            self.defects.append("an SRTP stream came without a usable key")
        return False

    def _has_key(self, media: Media) -> bool:
        """Whether the description itself brings a key that may be taken."""
        return bool(media.crypto) and not media.keyed_by_dtls and self._keys_are_safe()

    def _keys_are_safe(self) -> bool:
        return self._leg.flow.transport == "TLS" or self._leg.source.clear_keys


class NextNumber:
    """Numbers of streams within a call: 0, 1, 2, … and never one twice."""

    def __init__(self) -> None:
        self._next = 0

    def __call__(self) -> int:
        """A fresh number."""
        self._next += 1
        return self._next - 1
