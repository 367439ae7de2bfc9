"""One call in a worker: its streams, its masks, and what of it goes to its file."""

import os
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from muniment.capture.calls import container
from muniment.capture.calls.live.spool import LiveFile
from muniment.capture.calls.ports import ON_HOLD, Codec, Crypto
from muniment.capture.calls.rtp import orders, quality
from muniment.capture.calls.rtp.blocks import Packets
from muniment.capture.calls.rtp.engine import Stream
from muniment.capture.calls.rtp.keys import Keys, Pressed
from muniment.capture.calls.rtp.reporting import Reporter
from muniment.capture.calls.rtp.table import STATIC, Table
from muniment.capture.calls.rtp.withholding import FOR_EVER, Span, Withholding
from muniment.core.call_container import ChunkType
from muniment.core.call_facts import CallStream
from muniment.core.errors import NotAvailableError

MILLISECOND = 1000  # microseconds
SECOND = 1000 * MILLISECOND
FORGOTTEN = 5 * SECOND  # after a mask's end no packet of its time comes any more
_FRAME = 20  # milliseconds, of a stream that never showed how long its packets are


@dataclass
class Media:
    """A stream of the call, and what surrounds it."""

    number: int
    label: str
    stream: Stream
    sockets: tuple[socket.socket, socket.socket]
    reporter: Reporter
    withholding: Withholding
    codecs: dict[int, Codec]
    changes: list[int] = field(default_factory=list)
    """When another source began, microseconds: packets of two sources never share a chunk."""
    used: set[int] = field(default_factory=set)
    ended: bool = False


class Call:
    """A call under way. Not for threads."""

    def __init__(self, order: orders.Open) -> None:
        """Nothing is on disk before the first round of writing."""
        self.id, self.started = order.call, order.started
        self.path = Path(order.path)
        self.file = LiveFile(self.path, order.call, order.key, again=order.again)
        self.media: dict[int, Media] = {}
        self.masks: list[Span] = []
        self.written: list[tuple[int, int, int | None, str, str]] = []
        self.digits = False
        self.rules, self.keys = order.keys, dict[int, Keys]()
        self.defects: list[str] = []
        self._head = order.head
        self._waiting: list[bytes] = []
        self._left: list[bytes] = []
        self._gap_from = 0
        if order.again:
            self.happened("gap", order.at - SECOND, to=order.at // MILLISECOND, why="worker")
        for told in order.paused:
            self.silence(told.stream or 0, told.by, told.at, told.lasts)

    def write(self, chunk: bytes) -> None:
        """A chunk to go with the next flush."""
        self._waiting.append(chunk)

    def happened(self, what: str, at: int, stream: int | None = None, **facts: str | int) -> None:
        """An event, at a moment in microseconds."""
        named = {"stream": stream, **facts} if stream is not None else facts
        self.write(container.event(at // MILLISECOND, what, named, stream))

    def mask(self, order: orders.Mask) -> None:
        """Silence from a moment on, or until then."""
        on_hold = order.why == ON_HOLD
        others = [span for span in self.masks if span.keys is None and (span.why == ON_HOLD) == on_hold]
        open_spans = [span for span in others if span.end > order.at and span.stream == order.stream]
        if order.on and not open_spans:
            self.masks.append(Span(order.at, order.stream, order.why, order.by))
            if not on_hold:
                self.happened("mask", order.at, order.stream, why=order.why)
        if not order.on:
            # Sound again on the whole call ends every mask of a single stream too.
            for span in others:
                if order.stream in {None, span.stream} and span.end > order.at:
                    self._end(span, order.at)

    def pressed(self, number: int, event: int, timestamp: int, arrived: int) -> tuple[Pressed, ...]:
        """A key on a stream: silence begins or ends with it, before anything later is written; what it meant."""
        found = self.keys.setdefault(number, Keys(self.rules)).take(event, timestamp, arrived)
        return tuple(each for each in found if self._meant(number, each, arrived))

    def _meant(self, number: int, pressed: Pressed, at: int) -> bool:
        timed = pressed.meaning == "key"
        on = [span for span in self.masks if span.keys is not None and span.timed == timed and span.end > at]
        if pressed.meaning == "resume":
            ended = [span for span in on if span.keys == number]
            for span in ended:
                self._end(span, at)
            return bool(ended)
        if on:
            for span in on:
                span.end = at + pressed.lasts if timed else span.end
            return timed
        self.silence(number, pressed.rule, at, pressed.lasts)
        return True

    def silence(self, number: int, rule: str, at: int, lasts: int = 0) -> None:
        """Silence by keys on a stream, for so many microseconds or until keys end it."""
        end = at + lasts if lasts else FOR_EVER
        self.masks.append(Span(at, None, "dtmf", rule, end, keys=number, timed=bool(lasts)))
        self.happened("mask", at, why="dtmf")

    def clock_went_back(self, by: int) -> None:
        """Masks that are on go on, though stamps are smaller now."""
        for span in self.masks:
            if span.end == FOR_EVER or span.timed:
                span.begin -= by

    def _end(self, span: Span, at: int) -> None:
        span.end, span.timed = at, False
        self._masked(span.begin, at, span.stream, span.why, span.by)

    def _masked(self, begin: int, end: int, stream: int | None, why: str, by: str) -> None:
        if why == ON_HOLD:
            return
        row = (begin // MILLISECOND, -(-end // MILLISECOND), stream, why, by)
        self.written.append(row)
        self.write(container.masked(*row))

    def take(self, media: Media, packets: Packets) -> None:
        """Packets of one stream, to go with the next flush, save what may not be written."""
        masks = [span for span in self.masks if span.begin <= packets.arrived[-1]]
        if masks or media.stream.digits or media.withholding.silenced:
            packets = media.withholding.allowed(packets, masks, media.stream.digits)
            self._note_digits(media, int(packets.arrived[-1]) if len(packets.arrived) else 0)
        for part in _parts(packets, media.changes):
            media.used |= {kind & 0x7F for kind in set(part.kind.tobytes())}
            self.write(container.packets(media.number, len(part.arrived), part.columns(), part.payload))

    def _note_digits(self, media: Media, now: int) -> None:
        for begin, end in media.withholding.found:
            self._masked(begin, end, media.number, "dtmf", "")
        media.withholding.found.clear()
        media.stream.digits[:] = [one for one in media.stream.digits if one[0] > now - 2 * SECOND]

    def flush(self, now: int) -> list[bytes]:
        """The chunks that wait, for `store`."""
        for span in self.masks:
            if span.timed and span.end <= now:
                self._end(span, span.end)
        self.masks = [span for span in self.masks if span.end > now - FORGOTTEN]
        waiting, self._waiting = self._waiting, []
        return waiting

    def store(self, chunks: list[bytes], now: int) -> int | None:
        """Seal and write; the file's descriptor. A refusing disk makes a named gap. In the thread of writing."""
        if self._gap_from:
            chunks = [container.event(self._gap_from // MILLISECOND, "gap", self._gap(now)), *chunks]
        try:
            self.file.open()
            head = [] if self.file.begun else [self._head]
            self.file.append(b"".join([*head, *self._left, *chunks]))
        except NotAvailableError:
            # Nothing of a mask may be forgotten: text is kept for the next attempt, sound is not.
            self._left += [chunk for chunk in chunks if chunk[0] not in {ChunkType.PACKETS, ChunkType.EVENT}]
            self._gap_from = self._gap_from or now
            return None
        if self._gap_from:
            self.defects.append(
                f"sound missing from {self._gap_from // MILLISECOND} to {now // MILLISECOND}: disk"
            )
        self._gap_from = 0
        self._left.clear()
        return self.file.descriptor

    def _gap(self, now: int) -> dict[str, str | int]:
        return {"to": now // MILLISECOND, "why": "disk"}

    def put_head(self, head: bytes) -> int | None:
        """Write the head; the file's descriptor. In the thread of writing."""
        try:
            self.file.put_packed(head)
        except NotAvailableError:
            return None
        return self.file.descriptor

    @property
    def failing(self) -> bool:
        """Whether the disk refused the last time."""
        return self._gap_from > 0

    def end(self, now: int) -> None:
        """End the masks; the last round of writing follows."""
        for span in self.masks:
            if span.end > now:
                self._end(span, now)

    def finish(self, *, durable: bool) -> orders.Closed:
        """After the last round."""
        if self._gap_from:
            self.defects.append(f"sound missing from {self._gap_from // MILLISECOND} to the end: disk")
        if not durable:
            self.defects.append("the end may be missing: the disk refused")
        self.close()
        return orders.Closed(self.id, (), tuple(self.written), self.digits, tuple(self.defects))

    def discard(self) -> None:
        """Remove the file; its key is gone with this object. In the thread of writing."""
        with suppress(OSError):
            os.truncate(self.path, 0)
            self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Let go of file and sockets."""
        self.file.close()
        for media in self.media.values():
            for each in media.sockets:
                each.close()


def facts(media: Media, table: Table) -> CallStream:
    """What is known of a stream when it has ended."""
    row, tracker = media.stream.row, media.stream.tracker
    packets, lost = int(table.packets[row]), int(table.lost[row])
    names = tuple(dict.fromkeys(_name(media.codecs, kind) for kind in sorted(media.used)))
    spoken = [name for name in names if name != "CN"]
    rate = float(table.rates[row, next(iter(sorted(media.used)), 0)])
    frame = int(table.frame[row]) / rate * 1000 if table.frame[row] else _FRAME
    worst = float(table.worst[row])
    return CallStream(
        number=media.number,
        label=media.label,
        party=None,
        codecs=names,
        packets=packets,
        lost=lost,
        duplicates=tracker.duplicates,
        reordered=tracker.reordered,
        jitter_ms=round(worst * 1000, 3),
        mos=quality.mos(spoken[0] if spoken else "", packets, lost, worst),
        silence_ms=round(lost * frame),
    )


def _name(codecs: dict[int, Codec], kind: int) -> str:
    codec = codecs.get(kind) or STATIC.get(kind)
    return codec.name if codec else str(kind)


def _parts(packets: Packets, changes: list[int]) -> list[Packets]:
    """The packets, divided where another source began."""
    if not len(packets.arrived):
        return []
    if not changes:
        return [packets]
    parts, rest = [], packets
    for change in changes:
        after = rest.arrived >= change
        if after.any() and not after.all():
            parts.append(rest.only(~after))
            rest = rest.only(after)
    changes[:] = [change for change in changes if change > int(packets.arrived[-1])]
    return [*parts, rest]


def codec_of(lines: dict[int, orders.Line]) -> dict[int, Codec]:
    """Codecs as they came over the channel."""
    return {number: Codec(line.name, line.rate, line.channels, line.fmtp) for number, line in lines.items()}


def crypto_of(key: orders.Key | None) -> Crypto | None:
    """A crypto line as it came over the channel."""
    return None if key is None else Crypto(**msgspec.structs.asdict(key))
