"""From the packets of one stream to sound on the call's time line.

1. Packets that came twice count once; what carries no speech (DTMF, comfort noise) is left out.
2. A packet's place is its timestamp's, set right by arrivals where clocks drift apart (`placing`).
3. Runs of one codec are decoded in order, and each packet's samples are laid at its place.
4. What was lost, and what is masked, is silent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from muniment.core.call_facts import MaskedSpan
from muniment.readers.calls import placing
from muniment.readers.calls.codecs import NO_SOUND, decoder, unheard
from muniment.readers.calls.container import Codec, Packets
from muniment.readers.calls.errors import CallUnreadableError
from muniment.readers.calls.g711 import Pcm
from muniment.readers.calls.sound import added, resample

STATIC = {0: Codec("PCMU"), 3: Codec("GSM"), 8: Codec("PCMA"), 9: Codec("G722"), 13: Codec("CN")}
"""What payload types mean that no offer explains (RFC 3551 section 6)."""


@dataclass(frozen=True, slots=True)
class Track:
    """The sound of one stream; its first sample is at `start` (ms since the call began), `rate` in hertz."""

    stream: int
    rate: int
    start: int
    samples: Pcm
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Laid:
    """One packet's samples and their place in ms since the call began."""

    at: float
    rate: int
    samples: Pcm


def track(
    packets: Iterable[Packets], stream: int, codecs: Mapping[int, Codec], span: tuple[int, int]
) -> Track:
    """The sound of `stream` within `span` (ms since the call began: from, end), silent where nothing came."""
    start, end = span
    columns = _joined([each for each in packets if each.stream == stream])
    if columns is None:
        return Track(stream, 8000, start, np.zeros(0, np.int16))
    arrival, timestamp, kinds, payloads = columns
    known = {
        kind: codecs.get(kind) or STATIC.get(kind) or Codec(f"payload type {kind}")
        for kind in set(kinds.tolist())
    }
    clocks = np.array([known[kind].rate or 8000 for kind in kinds.tolist()])
    at = placing.places(arrival, timestamp, clocks)
    laid: list[_Laid] = []
    notes: list[str] = []
    order = np.argsort(at, kind="stable")
    for run in _runs(kinds[order]):
        chosen = order[run]
        codec = known[int(kinds[chosen[0]])]
        found = _decoded(codec, [payloads[place] for place in chosen.tolist()], notes)
        laid += [
            _Laid(place, rate, samples)
            for place, (rate, samples) in zip(at[chosen].tolist(), found, strict=False)
            if start <= place < end
        ]
    rate = max((one.rate for one in laid), default=8000)
    return Track(stream, rate, start, _lay(laid, start, rate), tuple(dict.fromkeys(notes)))


def silenced(sound: Track, masks: Sequence[MaskedSpan], started: int) -> Track:
    """The track with every masked span silent: no packet of it exists, and none may seem to."""
    samples = sound.samples.copy()
    for mask in masks:
        if mask.stream is None or mask.stream == sound.stream:
            first, last = (
                (moment - started - sound.start) * sound.rate // 1000 for moment in (mask.start, mask.end)
            )
            samples[max(first, 0) : max(last, 0)] = 0
    return Track(sound.stream, sound.rate, sound.start, samples, sound.notes)


def _joined(
    parts: Sequence[Packets],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8], list[bytes]] | None:
    """All packets of the stream, each once, in the order of arrival."""
    if not parts or not sum(len(part.arrival) for part in parts):
        return None
    arrival = np.concatenate([part.arrival for part in parts]).astype(np.int64)
    timestamp = np.concatenate([part.timestamp for part in parts]).astype(np.int64)
    sequence = np.concatenate([part.sequence for part in parts]).astype(np.int64)
    kinds = np.concatenate([part.types for part in parts])
    payloads = [payload for part in parts for payload in part.payloads()]
    _, first = np.unique(timestamp << 16 | sequence, return_index=True)
    kept = np.sort(first)
    return arrival[kept], timestamp[kept], kinds[kept], [payloads[place] for place in kept.tolist()]


def _runs(kinds: NDArray[np.uint8]) -> list[slice]:
    """Stretches of one payload type."""
    cuts = [0, *(np.flatnonzero(np.diff(kinds)) + 1).tolist(), len(kinds)]
    return [slice(first, last) for first, last in pairwise(cuts)]


def _decoded(codec: Codec, payloads: list[bytes], notes: list[str]) -> list[tuple[int, Pcm]]:
    if codec.name.lower() in NO_SOUND:
        return []
    found = decoder(codec.name, codec.rate, codec.fmtp)
    if found is None:
        notes.append(unheard(codec.name))
        return []
    try:
        return [(found.rate, samples) for samples in found.decode(payloads)]
    except CallUnreadableError as error:
        notes.append(str(error))
        return []


def _lay(laid: Sequence[_Laid], start: int, rate: int) -> Pcm:
    """All samples at their places, by the rates of their codecs, then together at one."""
    whole = np.zeros(0, np.int16)
    for each in sorted({one.rate for one in laid}):
        own = [one for one in laid if one.rate == each]
        firsts = [round((one.at - start) * each / 1000) for one in own]
        length = max(first + len(one.samples) for first, one in zip(firsts, own, strict=True))
        bed = np.zeros(length, np.int16)
        for first, one in zip(firsts, own, strict=True):
            bed[first : first + len(one.samples)] = one.samples
        whole = added(whole, resample(bed, each, rate)) if len(whole) else resample(bed, each, rate)
    return whole
