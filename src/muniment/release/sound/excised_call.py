"""A recorded call without some stretches: its container written anew, in which their packets do not exist.

1. A packet goes that arrived within a stretch, or stands in it by its RTP timestamp: a listener hears it there by
   either. Each stretch is as much longer at both ends as such places may differ between two windows.
2. Every other chunk stays byte for byte, but for the facts and the index, which are about the packets.
3. Each stretch stands there as a masked span with the reason "excised", and in the facts as well.
4. Where the container cannot be read to its end nothing is written: nobody could say that nothing is left.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from muniment.capture.calls import container as writing
from muniment.core import call_facts
from muniment.core.call_container import CHUNK, ChunkType
from muniment.core.call_facts import CallFacts, MaskedSpan
from muniment.readers.calls.container import Chunk, Codec, Container, Packets, codecs_of, read_packets
from muniment.readers.calls.errors import CallUnreadableError
from muniment.readers.calls.hearing import caller_streams
from muniment.readers.calls.placing import places
from muniment.readers.calls.source import Source
from muniment.readers.calls.timeline import STATIC
from muniment.release.sound.messages import Covered

MARGIN: Final = 200  # ms at each end of a stretch
WHY: Final = "excised"
_FRAME: Final = 60  # ms; a packet's sound may reach so far beyond its place

type Put = Callable[[bytes], None]
type _Columns = tuple[int, NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint8]]


def write(source: Source, spans: Sequence[Covered], facts: CallFacts | None, by: str, put: Put) -> None:
    """Write the container without the packets of `spans`; CallUnreadableError where that cannot be done."""
    container = Container(source)
    known = container.facts() or facts
    chunks = whole(container, source.size)
    numbers = sorted({chunk.stream for chunk in chunks if chunk.type == ChunkType.PACKETS})
    if known is None:
        raise CallUnreadableError("What the recorder knew of the call is damaged. It can be erased whole.")
    masks = masked(spans, known, by, began=container.head.started, streams=numbers)
    kept = _kept(container, masks)
    index = writing.Index()

    def out(data: bytes, arrived: int | None = None) -> None:
        put(index.passed(data, arrived))

    head = container.head
    out(writing.head(head.call, head.started, head.source))
    gone = dict.fromkeys(numbers, 0)
    told = False
    for chunk in container.chunks():
        if chunk.type == ChunkType.PACKETS:
            _packets(chunk, next(kept), gone, out)
        elif chunk.type == ChunkType.INFO:
            told = _masks(masks, out)
            out(writing.chunk(ChunkType.INFO, call_facts.encode(_fewer(known, masks, gone))))
        elif chunk.type != ChunkType.INDEX:
            out(writing.chunk(ChunkType(chunk.type), chunk.body, chunk.stream))
    if not told:
        _masks(masks, out)
    put(index.write())


def masked(
    spans: Iterable[Covered],
    facts: CallFacts,
    by: str,
    *,
    began: int = 0,
    streams: Sequence[int] = (),
    margin: int = MARGIN,
) -> tuple[MaskedSpan, ...]:
    """The stretches as masked spans, in ms since 1970, with their margins; one for each stream of a channel.

    `began` is when the sound began, and `streams` which there are, where somebody knows it better than the facts.
    """
    streams = [stream.number for stream in facts.streams] or sorted(streams) or _of_a_file(facts)
    callers = caller_streams(facts, streams)
    found: list[MaskedSpan] = []
    for span in spans:
        begin = (began or facts.started) + max(span.start - margin, 0)
        end = (began or facts.started) + span.end + margin
        if span.channel is None or len(streams) == 1:
            found.append(MaskedSpan(begin, end, None, WHY, by))
        else:
            found += [
                MaskedSpan(begin, end, number, WHY, by)
                for number in streams
                if (number in callers) == (span.channel == 0)
            ]
    return tuple(found)


def _of_a_file(facts: CallFacts) -> list[int]:
    """The streams that parties name; a file of two channels has two, whatever they are called."""
    return sorted({party.stream for party in facts.parties if party.stream is not None}) or [0, 1]


def with_masks(facts: CallFacts, masks: Sequence[MaskedSpan]) -> CallFacts:
    """The facts of a call out of which these spans were taken."""
    said = tuple(
        f"stretches were taken out of it later, as {by} asked" for by in sorted({one.by for one in masks})
    )
    return msgspec.structs.replace(
        facts,
        masks=tuple(dict.fromkeys((*facts.masks, *masks))),
        defects=tuple(dict.fromkeys((*facts.defects, *said))),
    )


def whole(container: Container, size: int) -> list[Chunk]:
    """What chunks there are, without their bodies; CallUnreadableError unless they are all of the bytes."""
    found: list[Chunk] = []
    end = 0
    for chunk in container.chunks():
        end = chunk.offset + CHUNK.size + len(chunk.body)
        found.append(Chunk(chunk.type, chunk.stream, chunk.offset, b""))
    if end != size or not any(chunk.type == ChunkType.PACKETS for chunk in found):
        raise CallUnreadableError(
            "The recording is damaged, so that nobody can say what stands behind the damage. It can be erased whole."
        )
    return found


def _kept(container: Container, masks: Sequence[MaskedSpan]) -> Iterator[NDArray[np.bool_]]:
    """Which packets of each chunk may stay, chunk after chunk."""
    started = container.head.started
    tables = codecs_of(container.streams())
    columns: list[_Columns] = [
        (packets.stream, packets.arrival.copy(), packets.timestamp.copy(), packets.types.copy())
        for packets in container.packets()
    ]
    places_of = {
        number: _places([each for each in columns if each[0] == number], tables.get(number, {}))
        for number in {each[0] for each in columns}
    }
    at = dict.fromkeys(places_of, 0)
    kept: list[NDArray[np.bool_]] = []
    for stream, arrival, _, _ in columns:
        here = places_of[stream][at[stream] : at[stream] + len(arrival)]
        at[stream] += len(arrival)
        stays = np.ones(len(arrival), np.bool_)
        for mask in masks:
            if mask.stream is None or mask.stream == stream:
                begin, end = mask.start - started, mask.end - started
                stays &= ~_within(arrival.astype(np.float64), begin, end) & ~_within(here, begin, end)
        kept.append(stays)
    return iter(kept)


def _within(moments: NDArray[np.float64], begin: int, end: int) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (moments > begin - _FRAME) & (moments < end)
    return found


def _places(
    columns: Sequence[_Columns],
    codecs: Mapping[int, Codec],
) -> NDArray[np.float64]:
    arrival = np.concatenate([each[1] for each in columns]).astype(np.int64)
    stamps = np.concatenate([each[2] for each in columns]).astype(np.int64)
    kinds = np.concatenate([each[3] for each in columns]).tolist()
    known = {kind: codecs.get(kind) or STATIC.get(kind) or Codec("") for kind in set(kinds)}
    clocks = np.array([known[kind].rate or 8000 for kind in kinds], np.int64)
    return places(arrival, stamps, clocks) if len(arrival) else np.zeros(0)


def _packets(
    chunk: Chunk, stays: NDArray[np.bool_], gone: dict[int, int], out: Callable[[bytes, int | None], None]
) -> None:
    packets = read_packets(chunk)
    gone[chunk.stream] += int(len(stays) - stays.sum())
    if not stays.any():
        return
    data = writing.packets(chunk.stream, int(stays.sum()), *_columns(packets, stays))
    out(data, int(packets.arrival[stays][0]))


def _columns(packets: Packets, stays: NDArray[np.bool_]) -> tuple[list[bytes], bytes]:
    columns = (packets.arrival, packets.timestamp, packets.sequence, packets.kind, packets.length)
    payloads = b"".join(
        payload for payload, kept in zip(packets.payloads(), stays.tolist(), strict=True) if kept
    )
    return [column[stays].tobytes() for column in columns], payloads


def _masks(masks: Sequence[MaskedSpan], out: Callable[[bytes], None]) -> bool:
    for mask in masks:
        out(writing.masked(mask.start, mask.end, mask.stream, mask.why, mask.by))
    return True


def _fewer(facts: CallFacts, masks: Sequence[MaskedSpan], gone: dict[int, int]) -> CallFacts:
    streams = tuple(
        msgspec.structs.replace(each, packets=max(each.packets - gone.get(each.number, 0), 0))
        for each in facts.streams
    )
    return with_masks(msgspec.structs.replace(facts, streams=streams), masks)
