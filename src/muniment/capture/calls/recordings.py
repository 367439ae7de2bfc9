"""What the recorder knows of each call under way: its file, its key, its streams with their sockets and keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from muniment.capture.calls import container
from muniment.capture.calls.ports import Crypto, Handshake, MediaOffer
from muniment.capture.calls.rtp import orders
from muniment.capture.calls.rtp.port_pool import Pair
from muniment.capture.calls.silences import CardRules
from muniment.core import clock
from muniment.core.call_container import ChunkType
from muniment.core.call_facts import CallFacts, MaskedSpan
from muniment.core.canonical import Json


@dataclass
class OpenStream:
    """One stream: where it is taken, as its worker was told, and under which keys."""

    pair: Pair
    listen: orders.Listen
    ours: Crypto | None
    theirs: Crypto | None
    port: int = 0
    """The client's."""
    handshake: Handshake | None = None
    """What the client said of one, with our own part in it."""
    keyed: orders.Keyed | None = None

    def resumed(self) -> orders.Listen:
        """The stream as another worker is told of it: with the keys that were agreed on."""
        keys = {"theirs": self.keyed.theirs, "ours": self.keyed.ours} if self.keyed else {}
        return msgspec.structs.replace(self.listen, again=True, **keys)


@dataclass
class Recording:
    """One call, until it is handed over to be sealed."""

    organisation: str
    call: str
    started: int
    worker: int
    path: Path
    key: bytes = field(repr=False)
    head: bytes
    streams: dict[int, OpenStream] = field(default_factory=dict)
    masks: dict[int | None, tuple[str, str, int]] = field(default_factory=dict)
    on_hold: dict[int | None, tuple[str, str, int]] = field(default_factory=dict)
    """Why, by whom, and since when (microseconds), by streams."""
    paused: dict[str, orders.Told] = field(default_factory=dict)
    """Silences by keys, by what they mean."""
    facts: CallFacts | None = None
    defects: list[str] = field(default_factory=list)
    closing: bool = False

    def opening(self, card: CardRules, *, again: bool = False) -> orders.Open:
        """The call as a worker is told of it; `again` where another had it before."""
        return orders.Open(
            self.call,
            clock.microseconds(),
            str(self.path),
            self.key,
            self.started,
            self.head,
            again,
            _key_rules(card.of(self.organisation)),
            tuple(self.paused.values()),
        )

    def note_keys(self, told: orders.Told) -> None:
        """What another worker would have to go on with: a silence from its beginning to its present end."""
        before = self.paused.get(told.what)
        if told.what == "resume":
            self.paused.pop("pause", None)
        elif before is not None and told.at <= before.at + before.lasts:
            self.paused[told.what] = msgspec.structs.replace(before, lasts=told.at + told.lasts - before.at)
        else:
            self.paused[told.what] = told

    def completed(self, facts: CallFacts, closed: orders.Closed) -> CallFacts:
        """The account of signalling with what was counted, each stream under its label and party."""
        said = {stream.number: stream for stream in facts.streams}
        streams = tuple(
            msgspec.structs.replace(each, label=said[each.number].label, party=said[each.number].party)
            if each.number in said
            else each
            for each in closed.streams
        )
        return msgspec.structs.replace(
            facts,
            streams=streams,
            masks=tuple(MaskedSpan(*row) for row in closed.masks),
            dtmf=facts.dtmf or closed.digits,
            defects=(*facts.defects, *self.defects, *closed.defects),
        )


def stream_chunk(offer: MediaOffer) -> bytes:
    """What the call's file says of a stream that opens or changes."""
    codecs: Mapping[str, Json] = {
        str(number): {"name": each.name, "rate": each.rate, "channels": each.channels, "fmtp": each.fmtp}
        for number, each in offer.codecs.items()
    }
    value: Mapping[str, Json] = {
        "at": clock.milliseconds(),
        "stream": offer.number,
        "label": offer.label,
        "codecs": codecs,
        "participants": [],
        "direction": offer.direction,
    }
    return container.text(ChunkType.STREAM, value, offer.number)


def _key_rules(card: CardRules) -> tuple[orders.KeyRule, ...]:
    return tuple(
        orders.KeyRule(rule.name, rule.pause_keys, rule.resume_keys, rule.keys_seconds)
        for rule in card.rules
        if rule.pause_keys or rule.keys_seconds
    )
