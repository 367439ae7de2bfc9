"""The call container read: chunks in order, packets as columns, any second without the seconds before it.

The format is docs/call-format.md. Bytes of a stranger come to nothing worse than CallUnreadableError; what
is damaged behind the first good chunks costs only what follows it, and is named in `Container.defects`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from muniment.core import call_facts
from muniment.core.call_container import (
    CHUNK,
    INDEX_MAGIC,
    INDEX_TAIL,
    LARGEST_CHUNK,
    MAGIC,
    MARKER,
    TYPE,
    WHOLE_CALL,
    ChunkType,
)
from muniment.core.call_facts import CallFacts, MaskedSpan
from muniment.core.errors import WrongUseError
from muniment.readers.calls.errors import CallUnreadableError
from muniment.readers.calls.source import Source, Windowed

_COUNT = 4  # bytes of the number of packets
_PACKET = 4 + 4 + 2 + 1 + 2  # bytes of one packet in all columns
_OFFSET = np.dtype("<u4")
_TYPES = frozenset(ChunkType)


class Head(msgspec.Struct, frozen=True):
    """The first chunk: which call, when it began (ms since 1970), and from which source."""

    call: str
    started: int
    source: str = ""
    type: str = TYPE


class Codec(msgspec.Struct, frozen=True):
    """What a payload type means in one stream; `rate` is the RTP clock in hertz."""

    name: str
    rate: int = 8000
    channels: int = 1
    fmtp: str = ""


class StreamOpened(msgspec.Struct, frozen=True):
    """A stream begins, or goes on under other codecs; `at` is in ms since 1970."""

    at: int
    stream: int
    label: str = ""
    codecs: dict[str, Codec] = {}
    participants: tuple[str, ...] = ()
    direction: str = ""


class Event(msgspec.Struct, frozen=True):
    """Something that happened in the call, at `at` (ms since 1970)."""

    at: int
    what: str


class _Masked(msgspec.Struct, frozen=True):
    from_: int = msgspec.field(name="from")
    to: int
    stream: int | None = None
    why: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk: its type, its stream (`WHOLE_CALL` for none), where it begins, its body."""

    type: int
    stream: int
    offset: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Packets:
    """Packets of one stream as columns of equal length, in the order of their arrival.

    `arrival` is in ms since the call began, `timestamp` and `sequence` are RTP's, `kind` the payload type
    with the marker as bit 7, `length` in bytes; `payload` has all payloads one after another.
    """

    stream: int
    arrival: NDArray[np.uint32]
    timestamp: NDArray[np.uint32]
    sequence: NDArray[np.uint16]
    kind: NDArray[np.uint8]
    length: NDArray[np.uint16]
    payload: bytes

    @property
    def types(self) -> NDArray[np.uint8]:
        """The payload types, without the marker."""
        return self.kind & np.uint8(MARKER - 1)

    def payloads(self) -> list[bytes]:
        """Each payload by itself."""
        ends = np.cumsum(self.length, dtype=np.int64)
        return [
            self.payload[end - length : end]
            for end, length in zip(ends.tolist(), self.length.tolist(), strict=True)
        ]


class Container:
    """An open container. It reads what it is asked for, and no more."""

    def __init__(self, source: Source) -> None:
        """CallUnreadableError where the bytes are no container, or not even their head is whole."""
        self._source = Windowed(source)
        self.defects: list[str] = []
        if self._source.read(0, len(MAGIC)) != MAGIC:
            raise CallUnreadableError("These bytes are no recorded call: they begin with another mark.")
        first = self._chunk(len(MAGIC))
        if first is None or first.type != ChunkType.HEAD:
            raise CallUnreadableError("This recorded call has no head.")
        self.head = _json(first.body, Head)
        if self.head.type != TYPE:
            raise CallUnreadableError(f"{self.head.type!r} is no kind of call that this version knows.")
        self._first = first.offset + CHUNK.size + len(first.body)
        self.index = self._read_index()
        if self.index is None:
            self.defects.append("The recording has no index: it was cut off, or its end is damaged.")

    @property
    def seconds(self) -> int:
        """How many seconds the index knows; 0 without one."""
        return 0 if self.index is None else len(self.index)

    def chunks(self, first_second: int = 0) -> Iterator[Chunk]:
        """Every chunk from this second on, in order. It ends where the bytes end or make no sense."""
        offset = self._first
        if first_second > 0 and self.index is not None and len(self.index):
            offset = int(self.index[min(first_second, len(self.index) - 1)])
        while (chunk := self._chunk(offset)) is not None:
            yield chunk
            offset += CHUNK.size + len(chunk.body)

    def packets(self, first_second: int = 0, end_second: int | None = None) -> Iterator[Packets]:
        """The packets that arrived from one second up to, without, another; CallUnreadableError if damaged."""
        for chunk in self.chunks(first_second):
            if chunk.type != ChunkType.PACKETS:
                continue
            packets = read_packets(chunk)
            late = len(packets.arrival) and end_second is not None and packets.arrival[0] >= end_second * 1000
            if late:
                return
            yield packets

    def facts(self) -> CallFacts | None:
        """The finished call as its recorder wrote it down; None where the recording was cut off."""
        for chunk in self.chunks(max(self.seconds - 1, 0)):
            if chunk.type == ChunkType.INFO:
                try:
                    return call_facts.decode(chunk.body)
                except WrongUseError:
                    self.defects.append("What the recorder knew of the call is damaged.")
        return None

    def streams(self) -> tuple[StreamOpened, ...]:
        """Every opening of a stream, in order."""
        return tuple(self._said(ChunkType.STREAM, StreamOpened))

    def events(self) -> tuple[Event, ...]:
        """Everything that happened in the call, in order."""
        return tuple(self._said(ChunkType.EVENT, Event))

    def masks(self) -> tuple[MaskedSpan, ...]:
        """Every span of which nothing was kept."""
        spans = self._said(ChunkType.MASKED, _Masked)
        return tuple(MaskedSpan(span.from_, span.to, span.stream, span.why, span.by) for span in spans)

    def _said[T](self, kind: ChunkType, shape: type[T]) -> Iterator[T]:
        for chunk in self.chunks():
            if chunk.type == kind:
                try:
                    yield _json(chunk.body, shape)
                except CallUnreadableError:
                    self._note(f"A note of the recorder ({chr(kind)}) is damaged.")

    def _chunk(self, offset: int) -> Chunk | None:
        head = self._source.read(offset, CHUNK.size)
        if len(head) < CHUNK.size:
            if head:
                self._note("The recording ends in the middle of a chunk.")
            return None
        kind, reserved, stream, length = CHUNK.unpack(head)
        if kind not in _TYPES or reserved or length > LARGEST_CHUNK:
            self._note("What follows in the recording cannot be read: a chunk is damaged.")
            return None
        body = self._source.read(offset + CHUNK.size, length)
        if len(body) < length:
            self._note("The recording ends in the middle of a chunk.")
            return None
        return Chunk(kind, stream, offset, body)

    def _read_index(self) -> NDArray[np.uint32] | None:
        size = self._source.size
        tail = self._source.read(max(size - INDEX_TAIL.size, 0), INDEX_TAIL.size)
        if len(tail) < INDEX_TAIL.size or not tail.endswith(INDEX_MAGIC):
            return None
        (seconds, _) = INDEX_TAIL.unpack(tail)
        start = size - INDEX_TAIL.size - seconds * _OFFSET.itemsize - CHUNK.size
        if start < self._first:
            return None
        chunk = self._chunk(start)
        if chunk is None or chunk.type != ChunkType.INDEX:
            return None
        index = np.frombuffer(chunk.body[: seconds * _OFFSET.itemsize], _OFFSET)
        right = bool(
            np.all(index >= len(MAGIC))
            and np.all(index <= start)
            and np.all(np.diff(index.astype(np.int64)) >= 0)
        )
        return index if right else None

    def _note(self, defect: str) -> None:
        if defect not in self.defects:
            self.defects.append(defect)


def read_packets(chunk: Chunk) -> Packets:
    """The columns of a chunk of packets; CallUnreadableError where its lengths do not fit together."""
    body = chunk.body
    count = int.from_bytes(body[:_COUNT], "little")
    end = _COUNT + count * _PACKET
    if len(body) < _COUNT or end > len(body) or chunk.stream == WHOLE_CALL:
        raise CallUnreadableError("A chunk of packets is shorter than it says.")
    table = np.split(np.frombuffer(body, np.uint8, count * _PACKET, _COUNT), np.cumsum([4, 4, 2, 1]) * count)
    arrival, timestamp, sequence, kind, length = table
    packets = Packets(
        chunk.stream,
        arrival.view("<u4"),
        timestamp.view("<u4"),
        sequence.view("<u2"),
        kind,
        length.view("<u2"),
        body[end:],
    )
    if int(packets.length.sum(dtype=np.int64)) != len(packets.payload):
        raise CallUnreadableError("The payloads of a chunk of packets are not as long as it says.")
    return packets


def is_container(start: bytes) -> bool:
    """Whether bytes that begin so are a recorded call."""
    return start.startswith(MAGIC)


def codecs_of(streams: tuple[StreamOpened, ...]) -> Mapping[int, Mapping[int, Codec]]:
    """By stream and payload type, what each payload is; what was said last counts."""
    found: dict[int, dict[int, Codec]] = {}
    for opened in streams:
        table = found.setdefault(opened.stream, {})
        for number, codec in opened.codecs.items():
            if number.isascii() and number.isdigit():
                table[int(number)] = codec
    return found


def _json[T](body: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise CallUnreadableError("A note of the recorder is not as it should be.") from error
