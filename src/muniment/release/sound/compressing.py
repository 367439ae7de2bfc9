"""A recording as Opus in Ogg that is to stand for it. This runs in the confined child only.

What it cannot vouch for is refused, and the recording stays as it is:

1. Only streams in G.711, G.722 and the like, and files whose samples are not compressed: a second loss is nobody's
   rule.
2. A container must be readable to its end, and all of its sound must be decodable here.
3. A file must have no sound that the telephone's rate or two channels cannot hold.
4. What was encoded is decoded again: it is as long as the native sound, to `LARGEST_DIFFERENCE`, and silent where
   something was masked.
"""

import io
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from muniment.core.call_facts import CallFacts, MaskedSpan
from muniment.readers.calls import audio
from muniment.readers.calls.container import Container, codecs_of
from muniment.readers.calls.errors import CallUnreadableError
from muniment.readers.calls.hearing import WIDE, caller_streams
from muniment.readers.calls.source import Source
from muniment.release.sound import excised_call, files
from muniment.release.sound.encoding import encoded
from muniment.release.sound.messages import Compressed, Described, Task
from muniment.release.sound.recordings import recording

PACKET: Final = 20  # ms of sound in a packet of Opus as it is encoded here
LARGEST_DIFFERENCE: Final = 20 + PACKET  # ms between both lengths
UNCOMPRESSED: Final = frozenset(
    {"al", "alaw", "pcm", "sln", "sln16", "ul", "ulaw", "ALAW", "DOUBLE", "FLOAT", "PCM_16", "PCM_24", "PCM_32",
     "PCM_S8", "PCM_U8", "ULAW"}
)  # fmt: skip
"""Kinds of files without a head, and libsndfile's names of codecs in those that have one."""
COMPRESSED_STREAMS: Final = frozenset({"amr", "amr-wb", "g729", "gsm", "ilbc", "opus", "speex"})
"""Codecs of streams, in small letters."""
_HEADED: Final = frozenset({"au", "wav"})
_CHANNELS: Final = 2
_EDGE: Final = 100  # ms at each end of a silence into which the sound beside it may ring
_SILENT: Final = 328  # of 32767: a hundredth
_PIECE: Final = 1024 * 1024

type _Silence = tuple[int, int, int | None]
"""From, to (ms since the sound began), and the channel or None for all."""


def compressed(task: Task, source: Source, put: Callable[[bytes], None]) -> Compressed:
    """Hand the recording to `put` as Opus; CallUnreadableError says why it has to stay as it is."""
    silences = _of_call(task, source) if task.form == "siprec" else _of_file(task, source)
    found = recording(task, source)
    known = found.describe()
    if known.notes:
        raise CallUnreadableError(" ".join(known.notes))
    made, notes = encoded(task, found)
    if notes:
        raise CallUnreadableError(" ".join(notes))
    length = _checked(made, known, silences)
    for start in range(0, len(made), _PIECE):
        put(made[start : start + _PIECE])
    return Compressed(len(made), known.rate, known.channels, known.length, length)


def silences(
    facts: CallFacts, masks: Sequence[MaskedSpan], began: int, channels: int
) -> tuple[_Silence, ...]:
    """Masked spans as a listener hears them: the caller left, everybody else right."""
    callers = caller_streams(facts, [one.number for one in facts.streams])
    return tuple(
        (
            one.start - began,
            one.end - began,
            None if one.stream is None or channels == 1 else int(one.stream not in callers),
        )
        for one in masks
    )


def _of_call(task: Task, source: Source) -> tuple[_Silence, ...]:
    container = Container(source)
    excised_call.whole(container, source.size)
    facts = container.facts() or task.facts
    if facts is None:
        raise CallUnreadableError("What the recorder knew of the call is damaged.")
    _require_native(container, facts)
    masks = tuple(
        dict.fromkeys(chain(facts.masks, container.masks(), task.facts.masks if task.facts else ()))
    )
    return silences(facts, masks, container.head.started, 1 if len(facts.streams) == 1 else _CHANNELS)


def _require_native(container: Container, facts: CallFacts) -> None:
    offered = [codec for table in codecs_of(container.streams()).values() for codec in table.values()]
    used = {name.lower() for stream in facts.streams for name in stream.codecs}
    used = used or {codec.name.lower() for codec in offered}
    if used & COMPRESSED_STREAMS:
        raise CallUnreadableError("Its sound is compressed already.")
    if any(codec.name.lower() in used and (codec.rate or 0) > WIDE for codec in offered):
        raise CallUnreadableError("It has more sound than Opus of a telephone call would keep.")


def _of_file(task: Task, source: Source) -> tuple[_Silence, ...]:
    kind = audio.recognise(source.read(0, 4096), task.name)
    if task.form != "audio" or kind not in UNCOMPRESSED | _HEADED:
        raise CallUnreadableError("Its sound is compressed already, or of a kind that is kept as it is.")
    if kind in _HEADED:
        try:
            with soundfile.SoundFile(files.opened(source)) as file:
                codec, rate, channels = file.subtype, file.samplerate, file.channels
        except (soundfile.SoundFileError, RuntimeError, ValueError, TypeError, OSError) as error:
            raise CallUnreadableError("The sound file is damaged.") from error
        if codec not in UNCOMPRESSED:
            raise CallUnreadableError("Its sound is compressed already.")
        if rate > WIDE or channels > _CHANNELS:
            raise CallUnreadableError("It has more sound than Opus of a telephone call would keep.")
    facts = task.facts
    if facts is None or not facts.masks:
        return ()
    return silences(facts, facts.masks, facts.answered or facts.started, _CHANNELS)


def _checked(made: bytes, known: Described, masked: Sequence[_Silence]) -> int:
    """How long the Opus is in ms; CallUnreadableError unless it stands for the native sound."""
    with soundfile.SoundFile(io.BytesIO(made)) as file:
        rate = int(file.samplerate)
        length = int(file.frames) * 1000 // rate
        if file.channels != known.channels or abs(length - known.length) > LARGEST_DIFFERENCE:
            raise CallUnreadableError(f"As Opus it would have {length} ms, and it has {known.length} ms.")
        for start, end, channel in masked:
            first, last = (min(max(at, 0), length) * rate // 1000 for at in (start + _EDGE, end - _EDGE))
            if first < last:
                file.seek(first)
                _require_silent(file.read(last - first, dtype="int16", always_2d=True), channel)
    return length


def _require_silent(rows: NDArray[np.int16], channel: int | None) -> None:
    heard = rows if channel is None or rows.shape[1] == 1 else rows[:, channel : channel + 1]
    if heard.size and int(np.abs(heard.astype(np.int32)).max()) > _SILENT:
        raise CallUnreadableError("What is silent in it would not be silent as Opus.")
