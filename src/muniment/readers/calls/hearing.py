"""The sound of a recorded call: two channels, the caller left and everybody else right."""

from collections.abc import Sequence
from functools import reduce

import numpy as np

from muniment.core.call_facts import CallFacts, MaskedSpan
from muniment.readers.calls.container import Container, codecs_of
from muniment.readers.calls.g711 import Pcm
from muniment.readers.calls.sound import Sound, added, resample
from muniment.readers.calls.timeline import Track, silenced, track

LEAD = 2000  # ms read before and after a stretch: decoders remember, and packets come late
NARROW, WIDE = 8000, 16_000  # hertz: more than 16 kHz of a telephone call is air
WHOLE = 2**31  # ms; longer than any call
LONGEST_AT_ONCE = (
    4 * 60 * 60 * 1000
)  # ms: what a window does not bound, this does; a damaged time says 49 days
_TOO_LATE = "What stands over four hours after the call began is heard by windows only, not with the whole."


def hear(container: Container, span: tuple[int, int] = (0, WHOLE), facts: CallFacts | None = None) -> Sound:
    """What was said within `span` (ms since the call began). CallUnreadableError where packets are damaged.

    Reads by the container's index only what it needs. Both channels are as long as the span, or as the call;
    of the whole, what stands after `LONGEST_AT_ONCE` is left out, and the notes say so.
    """
    facts = facts or container.facts()
    whole = span[1] >= WHOLE
    start, end = max(span[0], 0), LONGEST_AT_ONCE if whole else span[1]
    first = max(start - LEAD, 0) // 1000
    packets = list(container.packets(first, None if whole else (end + LEAD) // 1000 + 1))
    codecs = codecs_of(container.streams())
    masks = _masks(container, facts)
    streams = sorted({each.stream for each in packets})
    tracks = [
        silenced(track(packets, one, codecs.get(one, {}), (start, end)), masks, container.head.started)
        for one in streams
    ]
    late = [_TOO_LATE] if whole and any((each.arrival >= end).any() for each in packets) else []
    notes = tuple(dict.fromkeys([*(note for each in tracks for note in each.notes), *late]))
    rate = NARROW if all(each.rate <= NARROW for each in tracks) else WIDE
    callers = caller_streams(facts, streams)
    left = _together([each for each in tracks if each.stream in callers], rate)
    right = _together([each for each in tracks if each.stream not in callers], rate)
    length = max(len(left), len(right)) if whole else (end - start) * rate // 1000
    if len(tracks) == 1 and len(streams) == 1 and _is_mixed(facts):
        return Sound(rate, _fitted(left if len(left) else right, length), None, notes)
    return Sound(rate, _fitted(left, length), _fitted(right, length), notes)


def caller_streams(facts: CallFacts | None, streams: Sequence[int]) -> frozenset[int]:
    """The streams that carry the caller; the first stream where nobody knows."""
    if facts is not None:
        known = {
            party.stream for party in facts.parties if party.role == "caller" and party.stream is not None
        }
        for stream in facts.streams:
            if stream.party is not None and 0 <= stream.party < len(facts.parties):
                if facts.parties[stream.party].role == "caller":
                    known.add(stream.number)
                else:
                    known.discard(stream.number)
        if known:
            return frozenset(known)
    return frozenset(streams[:1])


def _is_mixed(facts: CallFacts | None) -> bool:
    """Whether the one stream carries everybody: some switches send one mixed stream."""
    return facts is None or len(facts.streams) == 1


def _masks(container: Container, facts: CallFacts | None) -> tuple[MaskedSpan, ...]:
    return tuple(dict.fromkeys((*container.masks(), *(facts.masks if facts else ()))))


def _together(tracks: Sequence[Track], rate: int) -> Pcm:
    return reduce(added, (resample(each.samples, each.rate, rate) for each in tracks), np.zeros(0, np.int16))


def _fitted(samples: Pcm, length: int) -> Pcm:
    return np.pad(samples[:length], (0, max(length - len(samples), 0)))
