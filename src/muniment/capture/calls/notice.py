"""Was the recording notice played in a call that is under way? Listened for while the call is provisional.

What was taken so far is read back from the file of the live call, by the key that this process holds, decoded
(G.711; what telephones speak where announcements are played) and compared with the announcements of its source
and queue. At most one look for a call is under way, in a thread of its own, so that nobody's packets wait.
"""

import struct
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from muniment.capture.calls.rtp.tones import samples
from muniment.core import call_container as form
from muniment.core.announcements import LOOKED_AT, RATE
from muniment.core.call_facts import NoticeEvidence
from muniment.core.errors import MunimentError
from muniment.core.prompts import LONGEST, Prompt, heard

LOOK_EVERY = 2_000  # ms between two looks at one call
STATIC_LAWS = {0: "PCMU", 8: "PCMA"}  # RFC 3551 table 4
_MOST = int((LOOKED_AT + LONGEST) * RATE)  # samples that are looked at
_COLUMNS = struct.Struct("<I")
_HALF = 1 << 31  # of the numbers that an RTP timestamp can have (RFC 3550 section 5.1): it wraps
_APART = RATE  # samples by which arrival and timestamp may disagree


@runtime_checkable
class Audible(Protocol):
    """A recorder that can give back what it has taken of a live call, as bytes of its container."""

    def taken(self, call: str) -> Iterable[bytes]:
        """Whole chunks in their order. OSError or NotAvailableError where the file cannot be read."""


def channels(parts: Iterable[bytes]) -> list[NDArray[np.int16]]:
    """The G.711 streams of chunks at 8 kHz, each beginning where the call began; gaps are left silent.

    A packet stands where its RTP timestamp puts it, counted from one that arrived, so that a network or a
    machine that hesitates tears no word apart; where the two clocks disagree by more than a second it stands
    where it arrived, and is counted from anew.
    """
    streams: dict[int, NDArray[np.int16]] = {}
    anchors: dict[int, tuple[int, int]] = {}
    for stream, arrival, stamp, kind, payload in _packets(parts):
        law = STATIC_LAWS.get(kind)
        if law is None:
            continue
        arrived = arrival * RATE // 1000
        place, since = anchors.get(stream, (arrived, stamp))
        place += (stamp - since + _HALF) % (2 * _HALF) - _HALF
        if stream not in anchors or abs(place - arrived) > _APART:
            place, anchors[stream] = arrived, (arrived, stamp)
        if not 0 <= place < _MOST:
            continue
        sound = streams.setdefault(stream, np.zeros(_MOST, np.int16))
        decoded = samples(payload, law)[: _MOST - place]  # type: ignore[arg-type]  # one of both
        sound[place : place + len(decoded)] = decoded
    return list(streams.values())


@dataclass
class Listening:
    """Looks at provisional calls for one recorder."""

    recorder: Audible
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "notice"))
    _under_way: dict[str, Future[NoticeEvidence | None]] = field(default_factory=dict)
    _looked: dict[str, int] = field(default_factory=dict)

    def look(self, call: str, prompts: tuple[Prompt, ...], started: int, now: int) -> NoticeEvidence | None:
        """What is known by now; asks for another look where the last is long enough ago. Never waits."""
        waiting = self._under_way.get(call)
        if waiting is not None:
            if not waiting.done():
                return None
            del self._under_way[call]
            return waiting.result()
        if prompts and now - self._looked.get(call, started) >= LOOK_EVERY:
            self._looked[call] = now
            self._under_way[call] = self._threads.submit(_listen, self.recorder.taken, call, prompts, started)
        return None

    def forget(self, call: str) -> None:
        """A call is kept or over."""
        self._under_way.pop(call, None)
        self._looked.pop(call, None)

    def stop(self) -> None:
        """Look no more."""
        self._threads.shutdown(wait=True, cancel_futures=True)


def _listen(
    taken: Callable[[str], Iterable[bytes]], call: str, prompts: tuple[Prompt, ...], started: int
) -> NoticeEvidence | None:
    try:
        return heard(channels(taken(call)), prompts, started)
    except (MunimentError, OSError, ValueError, struct.error):
        return None  # nothing is claimed that was not heard


def _packets(parts: Iterable[bytes]) -> Iterator[tuple[int, int, int, int, bytes]]:
    """Stream, arrival (ms since the call began), RTP timestamp, payload type and payload of each packet."""
    for part in parts:
        at = 0
        while at + form.CHUNK.size <= len(part):
            kind, _, stream, length = form.CHUNK.unpack_from(part, at)
            body = part[at + form.CHUNK.size : at + form.CHUNK.size + length]
            at += form.CHUNK.size + length
            if kind == form.ChunkType.PACKETS:
                yield from _columns(stream, body)


def _columns(stream: int, body: bytes) -> Iterator[tuple[int, int, int, int, bytes]]:
    (count,) = _COLUMNS.unpack_from(body)
    place = _COLUMNS.size
    arrival = np.frombuffer(body, "<u4", count, place)
    stamps = np.frombuffer(body, "<u4", count, place + 4 * count)
    kinds = np.frombuffer(body, "u1", count, place + 10 * count) & ~np.uint8(form.MARKER)
    lengths = np.frombuffer(body, "<u2", count, place + 11 * count)
    at = place + 13 * count
    rows = zip(arrival.tolist(), stamps.tolist(), kinds.tolist(), lengths.tolist(), strict=True)
    for when, stamp, kind, length in rows:
        yield stream, when, stamp, kind, body[at : at + length]
        at += length
