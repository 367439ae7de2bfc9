"""Writing the call container (docs/call-format.md): chunks as they happen, and an index at the end.

A chunk is bytes of its own: whoever joins the magic and the chunks in their order has the container.
"""

from collections.abc import Mapping, Sequence

from muniment.core import canonical
from muniment.core.call_container import (
    CHUNK,
    INDEX_MAGIC,
    INDEX_TAIL,
    LARGEST_CHUNK,
    MAGIC,
    TYPE,
    WHOLE_CALL,
    ChunkType,
)
from muniment.core.canonical import Json
from muniment.core.errors import WrongUseError

SECOND = 1000  # milliseconds


def chunk(kind: ChunkType, body: bytes, stream: int = WHOLE_CALL) -> bytes:
    """One chunk; WrongUseError if the body is too large."""
    if len(body) > LARGEST_CHUNK:
        raise WrongUseError("A chunk of a call is too large.")
    return CHUNK.pack(kind, 0, stream, len(body)) + body


def text(kind: ChunkType, value: Mapping[str, Json], stream: int | None = None) -> bytes:
    """A chunk of canonical JSON; one that belongs to a stream names it in its header too."""
    return chunk(kind, canonical.dumps(value), WHOLE_CALL if stream is None else stream)


def head(call: str, started: int, source: str) -> bytes:
    """The magic and the first chunk; `started` in milliseconds since 1970."""
    value: Mapping[str, Json] = {"type": TYPE, "call": call, "started": started, "source": source}
    return MAGIC + text(ChunkType.HEAD, value)


def masked(begin: int, end: int, stream: int | None, why: str, by: str) -> bytes:
    """A stretch of which no packet exists anywhere; milliseconds since 1970."""
    value: Mapping[str, Json] = {"from": begin, "to": end, "stream": stream, "why": why, "by": by}
    return text(ChunkType.MASKED, value, stream)


def event(at: int, what: str, facts: Mapping[str, Json], stream: int | None = None) -> bytes:
    """Something that happened, at a moment in milliseconds since 1970."""
    return text(ChunkType.EVENT, {**facts, "at": at, "what": what}, stream)


def packets(stream: int, count: int, columns: Sequence[bytes], payloads: bytes) -> bytes:
    """Packets of one stream: `columns` are arrival, timestamp, sequence, kind and length, packed."""
    length = 4 + sum(map(len, columns)) + len(payloads)
    if length > LARGEST_CHUNK:
        raise WrongUseError("A chunk of a call is too large.")
    head = CHUNK.pack(ChunkType.PACKETS, 0, stream, length)
    return b"".join((head, count.to_bytes(4, "little"), *columns, payloads))


class Index:
    """Learns where each second begins while the chunks pass, and writes the last chunk."""

    def __init__(self) -> None:
        self._size = 0
        self._offsets: list[int] = []

    @property
    def size(self) -> int:
        """Bytes that have passed."""
        return self._size

    def passed(self, data: bytes, arrived: int | None = None) -> bytes:
        """Take note of a chunk (or the magic with the head), and give it back.

        `arrived` is the moment of its first packet in milliseconds since the call started, None for
        chunks without packets.
        """
        if arrived is not None:
            while len(self._offsets) * SECOND <= arrived:
                self._offsets.append(self._size)
        self._size += len(data)
        return data

    def write(self) -> bytes:
        """The index chunk: for each second the offset of the first packets at or after it."""
        offsets = b"".join(offset.to_bytes(4, "little") for offset in self._offsets)
        return chunk(ChunkType.INDEX, offsets + INDEX_TAIL.pack(len(self._offsets), INDEX_MAGIC))
