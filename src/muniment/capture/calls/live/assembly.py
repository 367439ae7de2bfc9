"""From the chunks of a live call to its container: what a call's file says, then its facts and index."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec
import numpy as np

from muniment.capture.calls import container
from muniment.capture.calls.live.recovering import Recovery
from muniment.core import call_facts, canonical
from muniment.core.call_container import CHUNK, MAGIC, ChunkType
from muniment.core.call_facts import CallFacts, CallStream, MaskedSpan
from muniment.core.errors import WrongUseError

_COUNT = 4  # bytes in front of the columns of packets
_ROW = 13  # bytes of a packet in the columns: arrival, timestamp, sequence, kind, length
_RESTART = 3000  # sequence numbers
HALF, ROUND = 1 << 15, 1 << 16


@dataclass
class _Heard:
    """A stream as its chunks show it."""

    label: str = ""
    codecs: dict[int, str] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    packets: int = 0
    lost: int = 0
    last: int = -1

    def count(self, sequences: "np.ndarray[tuple[int], np.dtype[np.uint16]]") -> None:
        numbers = sequences.astype(np.int64)
        before = np.concatenate(([self.last if self.last >= 0 else numbers[0] - 1], numbers[:-1]))
        steps = (numbers - before + HALF) % ROUND - HALF
        self.lost += int((steps[np.abs(steps) < _RESTART] - 1).sum())
        self.packets += len(numbers)
        self.last = int(numbers[-1])


class Assembly:
    """Passes the parts of a container on, learning the index and what a crash has left unsaid."""

    def __init__(self, recovery: Recovery | None = None) -> None:
        """`recovery` learns from signalling what only the recorder knew, where it is gone."""
        self._recovery = recovery
        self.started = 0
        self.call = self.source = ""
        self.last = 0
        """The last arrival of a packet, milliseconds since the call started."""
        self.digits = False
        self._index = container.Index()
        self._heard: dict[int, _Heard] = {}
        self._masks: list[MaskedSpan] = []
        self._open: dict[int | None, tuple[int, str]] = {}

    def pass_on(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        """The parts as they are; each holds whole chunks, and the first begins with the magic."""
        for part in parts:
            at = len(MAGIC) if part[: len(MAGIC)] == MAGIC else 0
            begin = 0
            while at < len(part):
                kind, _, stream, length = CHUNK.unpack_from(part, at)
                body = part[at + CHUNK.size : at + CHUNK.size + length]
                at += CHUNK.size + length
                self._index.passed(part[begin:at], self._learn(kind, stream, body))
                begin = at
            yield part

    def end(self, facts: CallFacts) -> bytes:
        """The last two chunks: the call's facts, and the index."""
        told = self._index.passed(container.chunk(ChunkType.INFO, call_facts.encode(facts)))
        return told + self._index.write()

    def cut(self) -> bytes:
        """Chunks that say where a crash has cut the call off; masks that were on end there."""
        at = self.started + self.last
        chunks = [
            container.masked(begin, max(begin, at), number, why, "")
            for number, (begin, why) in self._open.items()
        ]
        self._masks += [
            MaskedSpan(begin, max(begin, at), number, why) for number, (begin, why) in self._open.items()
        ]
        chunks.append(container.event(at, "cut", {"to": at + container.SECOND}))
        for chunk in chunks:
            self._index.passed(chunk)
        return b"".join(chunks)

    def facts(self, defects: tuple[str, ...]) -> CallFacts:
        """What the chunks themselves say, where nobody is left who knew more."""
        counted = CallFacts(
            id=self.call,
            direction="unknown",
            started=self.started,
            ended=self.started + self.last,
            streams=tuple(_stream(number, heard) for number, heard in sorted(self._heard.items())),
            dtmf=self.digits,
            masks=tuple(self._masks),
            defects=defects,
        )
        return self._recovery.completed(counted) if self._recovery else counted

    def _learn(self, kind: int, stream: int, body: bytes) -> int | None:
        if kind == ChunkType.PACKETS:
            return self._packets(stream, body)
        try:
            value = canonical.loads(body)
        except WrongUseError:
            return None
        if isinstance(value, dict):
            self._text(kind, value)
            if self._recovery is not None:
                self._recover(self._recovery, kind, value)
        return None

    def _recover(self, recovery: Recovery, kind: int, value: dict[str, object]) -> None:
        with suppress(msgspec.ValidationError):  # damaged: the call is kept without what it said
            match kind:
                case ChunkType.HEAD:
                    recovery.began(self.call, self.started, self.source)
                case ChunkType.STREAM:
                    recovery.opened(value)
                case ChunkType.SIGNALLING:
                    recovery.signalled(value)
                case ChunkType.EVENT:
                    recovery.happened(value)
                case _:
                    pass

    def _packets(self, stream: int, body: bytes) -> int | None:
        count = int.from_bytes(body[:_COUNT], "little")
        if not count or len(body) < _COUNT + count * _ROW:
            return None
        arrived = np.frombuffer(body, "<u4", count, _COUNT)
        heard = self._heard.setdefault(stream, _Heard())
        heard.count(np.frombuffer(body, "<u2", count, _COUNT + 8 * count))
        kinds = np.frombuffer(body, np.uint8, count, _COUNT + 10 * count)
        heard.used |= {kind & 0x7F for kind in set(kinds.tobytes())}
        self.last = max(self.last, int(arrived.max()))
        return int(arrived[0])

    def _text(self, kind: int, value: dict[str, object]) -> None:
        match kind:
            case ChunkType.HEAD:
                self.started = msgspec.convert(value.get("started", 0), int)
                self.call, self.source = str(value.get("call", "")), str(value.get("source", ""))
            case ChunkType.STREAM:
                heard = self._heard.setdefault(msgspec.convert(value.get("stream", 0), int), _Heard())
                heard.label = str(value.get("label", ""))
                codecs = msgspec.convert(value.get("codecs", {}), dict[str, dict[str, object]])
                heard.codecs |= {int(number): str(codec.get("name", "")) for number, codec in codecs.items()}
            case ChunkType.MASKED:
                span = msgspec.convert(
                    {
                        "start": value["from"],
                        "end": value["to"],
                        **{name: value[name] for name in ("stream", "why", "by")},
                    },
                    MaskedSpan,
                )
                self._masks.append(span)
                if span.why != "dtmf" or span.stream not in self._open:
                    self._open.pop(span.stream, None)
            case ChunkType.EVENT:
                self._event(value)
            case _:
                pass

    def _event(self, value: dict[str, object]) -> None:
        what = value.get("what")
        self.digits |= what == "dtmf"
        if what == "mask":
            number = msgspec.convert(value.get("stream"), int | None)
            self._open[number] = (msgspec.convert(value.get("at", 0), int), str(value.get("why", "")))


def _stream(number: int, heard: _Heard) -> CallStream:
    names = tuple(dict.fromkeys(heard.codecs.get(kind, str(kind)) for kind in sorted(heard.used)))
    return CallStream(number, heard.label, None, names, heard.packets, max(heard.lost, 0), 0, 0, 0.0, 0.0, 0)
