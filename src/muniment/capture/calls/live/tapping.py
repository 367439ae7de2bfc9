"""The last second of a call under way, as a container of its own: what a listener is given, and no more.

What was said before somebody began to listen is not given to them. Packets that explain the present ones (the
two seconds before; of each stream the first that came after they began, by which its time line is laid) go
along, and the window that may be heard is named beside them: the decoding child gives out nothing else.
"""

from dataclasses import dataclass, field
from pathlib import Path

from muniment.capture.calls.live.spool import Follower
from muniment.core.call_container import CHUNK, MAGIC, ChunkType

BEFORE = 2_000  # ms of packets that go along in front of a window: decoders remember, packets come late
LONGEST = 4_000  # ms of one window: who asks more slowly than that misses something
FIRST = 1_000  # ms of the first window
GUARD = 120  # ms that a window ends before the last packet: what comes late has its place until then
_COUNT = 4  # bytes in front of the columns of packets


@dataclass(frozen=True)
class Window:
    """Bytes of a container, and from where to where its sound may be heard (ms since the call began)."""

    data: bytes
    start: int
    end: int


@dataclass
class _Block:
    """One chunk of packets: whole, of which stream, and when its first and last packet came."""

    chunk: bytes
    stream: int
    first: int
    last: int


@dataclass
class Tap:
    """Follows one call for one listener."""

    path: Path
    call: str
    key: bytes = field(repr=False)
    heard: int = 0
    """Milliseconds that were given out."""
    _head: bytes = b""
    _streams: list[bytes] = field(default_factory=list)
    _anchors: dict[int, bytes] = field(default_factory=dict)
    _blocks: list[_Block] = field(default_factory=list)
    _last: int = 0
    _given: int = -1

    def __post_init__(self) -> None:
        self._follower = Follower(self.path, self.call, self.key)

    def next(self) -> Window | None:
        """What came since the last time; None where nothing did. OSError if the file is gone."""
        for data in self._follower.more():
            self._take(data)
        end = self._last - GUARD
        start = max(self._given if self._given >= 0 else end - FIRST, end - LONGEST, 0)
        if end <= start:
            return None
        self._forget(start - BEFORE)
        for each in self._blocks:
            self._anchors.setdefault(each.stream, each.chunk)
        self._given = end
        self.heard += end - start
        held = {each.chunk for each in self._blocks}
        anchors = [one for one in self._anchors.values() if one not in held]
        packets = b"".join([*anchors, *(each.chunk for each in self._blocks)])
        return Window(MAGIC + self._head + b"".join(self._streams) + packets, start, end)

    def _take(self, data: bytes) -> None:
        at = len(MAGIC) if data[: len(MAGIC)] == MAGIC else 0
        while at + CHUNK.size <= len(data):
            kind, _, stream, length = CHUNK.unpack_from(data, at)
            whole = data[at : at + CHUNK.size + length]
            at += len(whole)
            match kind:
                case ChunkType.HEAD:
                    self._head = whole
                case ChunkType.STREAM:
                    self._streams.append(whole)
                case ChunkType.PACKETS:
                    self._packets(whole, stream)
                case _:
                    pass
        self._forget(self._last - LONGEST - BEFORE)

    def _packets(self, chunk: bytes, stream: int) -> None:
        count = int.from_bytes(chunk[CHUNK.size : CHUNK.size + _COUNT], "little")
        if not count:
            return
        arrivals = CHUNK.size + _COUNT
        first, last = (
            int.from_bytes(chunk[arrivals + 4 * row : arrivals + 4 * row + 4], "little")
            for row in (0, count - 1)
        )
        self._blocks.append(_Block(chunk, stream, first, last))
        self._last = max(self._last, last)

    def _forget(self, before: int) -> None:
        self._blocks = [each for each in self._blocks if each.last >= before]
