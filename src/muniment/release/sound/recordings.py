"""What can be heard of a recording, whatever its form: how long it is, and any window of it.

This runs in the confined child only. A container is read by its index; a file of sound where libsndfile
seeks; what has no head, and a vCon, as a whole.
"""

from dataclasses import dataclass
from typing import Protocol

import msgspec
import numpy as np
import soundfile
from numpy.typing import NDArray

from muniment.core.call_container import WHOLE_CALL, ChunkType
from muniment.core.call_facts import CallFacts, MaskedSpan
from muniment.readers.calls import audio, vcon
from muniment.readers.calls.codecs import unheard
from muniment.readers.calls.container import Container, Packets, StreamOpened, codecs_of, read_packets
from muniment.readers.calls.errors import CallUnreadableError
from muniment.readers.calls.hearing import NARROW, WIDE, caller_streams, hear
from muniment.readers.calls.sound import Sound
from muniment.readers.calls.source import Source
from muniment.readers.calls.timeline import STATIC
from muniment.release.sound import files
from muniment.release.sound.messages import Described, Task

_NARROW_CODECS = frozenset({"pcmu", "pcma", "gsm", "cn", "telephone-event", "g729", "amr"})
_OPENING_SECONDS = 3  # of a call, in which its streams are opened
_LONGEST_HOLE = 1000  # packets; a jump beyond it is another source, not loss (RFC 3550 appendix A.1: 3000)
_NEAR = 200  # ms between two holes that are drawn as one
_MOST_HOLES = 500


class Recording(Protocol):
    """One recording."""

    def describe(self) -> Described:
        """Its rate, channels and length."""
        ...

    def hear(self, start: int, end: int) -> Sound:
        """A window, in ms since the sound began; at its own rate."""
        ...

    def look_through(self) -> None:
        """Learn all that windows may need, where all windows will be asked for."""
        ...

    def holes(self) -> tuple[tuple[int, int, int], ...]:
        """Where packets are missing: from, to, channel (-1: both)."""
        ...


def recording(task: Task, source: Source) -> Recording:
    """The recording that a task is about; CallUnreadableError where it is none."""
    match task.form:
        case "siprec":
            return _Contained(source, task.facts)
        case "vcon":
            return _exchanged(source)
        case _:
            return _File(source, task.name)


class _Glimpsed(Container):
    """A container of which only the opening is asked which streams there are.

    What a payload type means does not change within a session (RFC 3264 section 8.3.2), and most streams
    open with the call. Where a window has a stream that opened later, everything is looked through, once.
    """

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.known: tuple[StreamOpened, ...] | None = None

    def streams(self) -> tuple[StreamOpened, ...]:
        if self.known is None:
            self.known = self._opening()
        return self.known

    def look_through(self) -> None:
        """Find every stream, however late it opened."""
        self.known = super().streams()

    def masks(self) -> tuple[MaskedSpan, ...]:
        return ()  # no packet of a masked span exists; the facts say where they are

    def _opening(self) -> tuple[StreamOpened, ...]:
        found: list[StreamOpened] = []
        for chunk in self.chunks():
            if chunk.type == ChunkType.PACKETS:
                packets = read_packets(chunk)
                if len(packets.arrival) and packets.arrival[0] >= _OPENING_SECONDS * 1000:
                    break
            elif chunk.type == ChunkType.STREAM:
                try:
                    found.append(msgspec.json.decode(chunk.body, type=StreamOpened))
                except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                    continue
        return tuple(found)


class _Contained:
    """A call that the recorder took."""

    def __init__(self, source: Source, facts: CallFacts | None) -> None:
        self._container = _Glimpsed(source)
        self._facts = self._container.facts() or facts
        self._whole = False

    def describe(self) -> Described:
        container, facts = self._container, self._facts
        said = facts.ended - container.head.started if facts else 0
        length = max(said, (container.seconds - 1) * 1000, 0) or self._last()
        if not length:
            raise CallUnreadableError("Nothing was received of this call.")
        wide = any(each.lower() not in _NARROW_CODECS for each in self._codecs())
        return Described(WIDE if wide else NARROW, 1 if self._mixed() else 2, length, self._unheard())

    def hear(self, start: int, end: int) -> Sound:
        first, last = max(start - 2000, 0) // 1000, (end + 2000) // 1000 + 1
        opened = codecs_of(self._container.streams())
        for packets in () if self._whole else self._container.packets(first, last):
            known = opened.get(packets.stream)
            if known is None or {*packets.types.tolist()} - known.keys() - STATIC.keys():
                self.look_through()
                break
        sound = hear(self._container, (start, end), self._facts)
        if self._mixed() or sound.right is not None:
            return sound
        silent = np.zeros(len(sound.left), np.int16)  # the other party sent nothing in this window
        return Sound(sound.rate, sound.left, silent, sound.notes)

    def look_through(self) -> None:
        self._whole = True
        self._container.look_through()

    def holes(self) -> tuple[tuple[int, int, int], ...]:
        found: list[tuple[int, int, int]] = []
        last: dict[int, tuple[int, int]] = {}
        for chunk in self._container.chunks():
            channel = -1 if chunk.stream == WHOLE_CALL else self._channel(chunk.stream)
            if chunk.type == ChunkType.EVENT:
                found += [(*cut, channel) for cut in _cut(chunk.body, self._container.head.started)]
            elif chunk.type == ChunkType.PACKETS:
                before = last.get(chunk.stream)
                lost, after = _lost(read_packets(chunk), before)
                if after is not None:
                    last[chunk.stream] = after
                found += [(*one, channel) for one in lost]
        return tuple(one for one in _together(found) if not self._is_masked(*one))

    def _is_masked(self, start: int, end: int, channel: int) -> bool:
        """Whether a hole is no loss, but a stretch that was left out on purpose."""
        started = self._container.head.started
        return any(
            mask.start - started - _NEAR <= start
            and end <= mask.end - started + _NEAR
            and (mask.stream is None or channel in {-1, self._channel(mask.stream)})
            for mask in (self._facts.masks if self._facts else ())
        )

    def _channel(self, stream: int) -> int:
        return 0 if stream in self._callers() or self._mixed() else 1

    def _unheard(self) -> tuple[str, ...]:
        """What was taken in codecs that this machine cannot decode."""
        streams = self._facts.streams if self._facts else ()
        taken = dict.fromkeys(codec for stream in streams for codec in stream.codecs)
        return tuple(filter(None, map(unheard, taken)))

    def _codecs(self) -> set[str]:
        named = {
            codec.name for table in codecs_of(self._container.streams()).values() for codec in table.values()
        }
        told = (
            {codec for stream in self._facts.streams for codec in stream.codecs}
            if self._facts
            else set[str]()
        )
        return told or named

    def _streams(self) -> list[int]:
        told = [stream.number for stream in self._facts.streams] if self._facts else []
        return told or sorted({each.stream for each in self._container.streams()})

    def _callers(self) -> frozenset[int]:
        return caller_streams(self._facts, self._streams())

    def _mixed(self) -> bool:
        return len(self._streams()) == 1

    def _last(self) -> int:
        """The arrival of the last packet, of a call that was cut off."""
        return max(
            (int(each.arrival[-1]) for each in self._container.packets() if len(each.arrival)), default=0
        )


class _Cut(msgspec.Struct, frozen=True):
    at: int
    what: str
    to: int = 0


def _cut(body: bytes, started: int) -> list[tuple[int, int]]:
    """What the recorder itself says that it missed."""
    try:
        event = msgspec.json.decode(body, type=_Cut)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return []
    if event.what not in {"cut", "gap"}:
        return []
    return [(event.at - started, max(event.to, event.at) - started)]


def _lost(
    packets: Packets, before: tuple[int, int] | None
) -> tuple[list[tuple[int, int]], tuple[int, int] | None]:
    """The holes in a chunk's sequence numbers, and its last number and arrival."""
    sequence, arrival = packets.sequence.astype(np.int64), packets.arrival.astype(np.int64)
    if before is not None:
        sequence, arrival = np.insert(sequence, 0, before[0]), np.insert(arrival, 0, before[1])
    if not len(sequence):
        return [], before
    steps = np.diff(sequence) % 2**16
    places = np.flatnonzero((steps > 1) & (steps < _LONGEST_HOLE)).tolist()
    return [(int(arrival[one]), int(arrival[one + 1])) for one in places], (
        int(sequence[-1]),
        int(arrival[-1]),
    )


@dataclass
class _File:
    """A sound file, as a switch or a voicemail box leaves one."""

    source: Source
    name: str

    def describe(self) -> Described:
        kind = audio.recognise(self.source.read(0, 4096), self.name)
        if kind in audio.BY_LIBRARY:
            with self._opened() as file:
                facts = (file.samplerate, file.channels, file.frames * 1000 // file.samplerate)
        else:
            known = audio.describe(files.whole(self.source), self.name)
            if kind == "amr" and (why := unheard(known.codec)):
                raise CallUnreadableError(why)
            facts = (known.rate, known.channels, int(known.seconds * 1000))
        rate, channels, length = facts
        if not length:
            raise CallUnreadableError("There is no sound in it.")
        return Described(NARROW if rate <= NARROW else WIDE, min(channels, 2), length)

    def hear(self, start: int, end: int) -> Sound:
        kind = audio.recognise(self.source.read(0, 4096), self.name)
        if kind not in audio.BY_LIBRARY:
            return audio.decode(files.whole(self.source), self.name, (start, end))
        with self._opened() as file:
            first, last = (min(at * file.samplerate // 1000, file.frames) for at in (start, end))
            try:
                skipped = 0 if file.seekable() else first
                if not skipped:
                    file.seek(first)
                found = file.read(last - first + skipped, dtype="int16", always_2d=True)[skipped:]
            except (soundfile.SoundFileError, RuntimeError, ValueError) as error:
                raise _broken() from error
            rate = int(file.samplerate)
        if found.shape[1] == 1:
            return Sound(rate, found[:, 0])
        rest = found[:, 1:].mean(axis=1).astype(np.int16)
        return Sound(rate, np.ascontiguousarray(found[:, 0]), rest)

    def look_through(self) -> None:
        pass

    def holes(self) -> tuple[tuple[int, int, int], ...]:
        return ()

    def _opened(self) -> soundfile.SoundFile:
        try:
            file = soundfile.SoundFile(files.opened(self.source))
        except (soundfile.SoundFileError, RuntimeError, ValueError, TypeError, OSError) as error:
            raise _broken() from error
        if not 0 < file.channels <= audio.MOST_CHANNELS or not 0 < file.samplerate <= audio.LARGEST_RATE:
            file.close()
            raise CallUnreadableError("Its channels or its rate are none of a telephone.")
        return file


def _exchanged(source: Source) -> Recording:
    """The first recording that lies within a vCon."""
    from muniment.readers.calls.source import Held  # noqa: PLC0415  only a vCon is held

    found = vcon.read(files.whole(source))
    if found.sounding is None:
        raise CallUnreadableError("No sound lies within this vCon.")
    inside = found.dialogs[found.sounding]
    return _File(Held(inside.body), inside.name)


def interleaved(sound: Sound, channels: int, rate: int) -> NDArray[np.int16]:
    """A sound at a rate, one row for each moment."""
    sound = sound if sound.rate == rate else sound.at(rate)
    columns = list(sound.channels)[:channels]
    columns += [columns[0]] * (channels - len(columns))
    length = max(map(len, columns))
    return np.stack([np.pad(one, (0, length - len(one))) for one in columns], axis=1)


def _together(holes: list[tuple[int, int, int]]) -> tuple[tuple[int, int, int], ...]:
    """Holes of one channel that nearly touch, as one."""
    joined: list[tuple[int, int, int]] = []
    for start, end, channel in sorted(holes, key=lambda one: (one[2], one[0])):
        if joined and joined[-1][2] == channel and start - joined[-1][1] <= _NEAR:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]), channel)
        else:
            joined.append((start, end, channel))
    return tuple(sorted(joined)[:_MOST_HOLES])


def _broken() -> CallUnreadableError:
    return CallUnreadableError("The sound file is damaged, or of a kind that libsndfile does not read.")
