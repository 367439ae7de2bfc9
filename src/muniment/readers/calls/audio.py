"""Sound files: what they are, how long, and their samples. WAV, Ogg (Opus, Vorbis), FLAC, MP3, AU, GSM, AMR, raw.

The files are read by libsndfile, in the process that asks; the catalogue asks in the confined child.
"""

import io
from collections.abc import Mapping
from types import MappingProxyType

import msgspec
import numpy as np
import soundfile

from muniment.readers.calls import amr, codecs, g711
from muniment.readers.calls.errors import CallUnreadableError
from muniment.readers.calls.g711 import Pcm
from muniment.readers.calls.sound import Sound

MOST_CHANNELS = 8
LARGEST_RATE = 192_000  # hertz
_GSM_MARK = 0xD0  # the high four bits of each frame's first octet
_MARKS = (
    (b"RIFF", "wav"), (b"RIFX", "wav"), (b"RF64", "wav"), (b"OggS", "ogg"), (b"fLaC", "flac"),
    (b".snd", "au"), (b"ID3", "mp3"), (b"#!AMR", "amr"),
)  # fmt: skip
_RAW: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "al": ("alaw", 8000), "alaw": ("alaw", 8000), "g722": ("g722", 16_000), "pcm": ("ulaw", 8000),
        "sln": ("linear", 8000), "sln16": ("linear", 16_000), "ul": ("ulaw", 8000), "ulaw": ("ulaw", 8000),
    }
)  # fmt: skip
"""Files without a head, by the ends of their names as Asterisk writes them."""

WORDS: Mapping[str, str] = MappingProxyType(
    {"amr": "AMR", "au": "AU", "flac": "FLAC", "gsm": "GSM", "mp3": "MP3", "ogg": "Ogg", "wav": "WAV"}
)
BY_LIBRARY = frozenset(WORDS) - {"amr", "gsm"}
"""The kinds that libsndfile opens, and that need not be held whole."""
SUFFIXES = frozenset({*_RAW, "amr", "au", "awb", "flac", "gsm", "mp3", "oga", "ogg", "opus", "wav", "wav49"})
"""The ends of names of sound files, in small letters."""


class AudioFacts(msgspec.Struct, frozen=True):
    """What a sound file is: its kind and codec in words, rate in hertz, channels, seconds."""

    kind: str
    codec: str
    rate: int
    channels: int
    seconds: float

    @property
    def words(self) -> str:
        """One line for people."""
        channels = "one channel" if self.channels == 1 else f"{self.channels} channels"
        return f"{self.kind}, {self.codec}, {self.rate} Hz, {channels}"


def recognise(start: bytes, name: str = "") -> str:
    """The kind of a sound file by its first bytes, or by its name where it has no head; empty for others."""
    for mark, kind in _MARKS:
        if start.startswith(mark):
            return kind if kind != "wav" or start[8:12] == b"WAVE" else ""
    if len(start) > 2 and start[0] == 0xFF and start[1] & 0xE0 == 0xE0 and start[1] & 0x06:  # noqa: PLR2004 - MPEG frame sync
        return "mp3"
    suffix = name.rpartition(".")[2].lower()
    if suffix in _RAW:
        return suffix
    return "gsm" if _is_gsm(start, suffix) else ""


def describe(original: bytes, name: str = "") -> AudioFacts:
    """What the file is. CallUnreadableError says why it is no sound that can be read."""
    kind = recognise(original[:_LOOKED_AT], name)
    if not kind:
        raise CallUnreadableError("It is no sound file of a kind that is known here.")
    if kind == "amr":
        name, frames = amr.file_frames(original)
        return AudioFacts(WORDS[kind], name.upper(), amr.RATES[name], 1, len(frames) / amr.FRAMES_PER_SECOND)
    if kind not in BY_LIBRARY:
        samples, rate = _headless(original, kind)
        return AudioFacts("GSM" if kind == "gsm" else "raw", kind, rate, 1, len(samples) / rate)
    with _opened(original) as file:
        return AudioFacts(
            WORDS[kind], file.subtype_info, file.samplerate, file.channels, file.frames / file.samplerate
        )


def decode(original: bytes, name: str = "", span: tuple[int, int] | None = None) -> Sound:
    """Its sound within `span` (ms from its beginning), or all of it; two channels stay two.

    CallUnreadableError says why it cannot be heard.
    """
    kind = recognise(original[:_LOOKED_AT], name)
    if kind == "amr":
        samples, rate = amr.decode_file(original, span)
        return Sound(rate, samples)
    if kind and kind not in BY_LIBRARY:
        samples, rate = _headless(original, kind)
        first, last = _frames(span, rate, len(samples))
        return Sound(rate, samples[first:last])
    with _opened(original) as file:
        first, last = _frames(span, file.samplerate, file.frames)
        try:
            skipped = first if not file.seekable() else 0  # GSM within WAV is read from its beginning
            if not skipped and first:
                file.seek(first)
            found = _read(file, max(last - first, 0) + skipped)[skipped:]
        except (soundfile.SoundFileError, RuntimeError, ValueError) as error:
            raise _broken() from error
        rate = int(file.samplerate)
    if found.shape[1] == 1:
        return Sound(rate, found[:, 0])
    rest = found[:, 1] if found.shape[1] == 2 else found[:, 1:].mean(axis=1).astype(np.int16)  # noqa: PLR2004 - stereo
    return Sound(rate, np.ascontiguousarray(found[:, 0]), np.ascontiguousarray(rest))


_LOOKED_AT = 4096
_BLOCK = 1 << 20  # frames


def _opened(original: bytes) -> soundfile.SoundFile:
    try:
        file = soundfile.SoundFile(io.BytesIO(original))
    except (soundfile.SoundFileError, RuntimeError, ValueError, TypeError) as error:
        raise _broken() from error
    if not 0 < file.channels <= MOST_CHANNELS or not 0 < file.samplerate <= LARGEST_RATE:
        file.close()
        raise CallUnreadableError("Its channels or its rate are none of a telephone.")
    return file


def _read(file: soundfile.SoundFile, wanted: int) -> Pcm:
    """As many frames, or as many as there are: a damaged head promises any number, and memory is not made for it."""
    parts = [np.zeros((0, file.channels), np.int16)]
    while wanted > 0 and len(part := file.read(min(wanted, _BLOCK), dtype="int16", always_2d=True)):
        parts.append(part)
        wanted -= len(part)
    return np.concatenate(parts)


def _headless(original: bytes, kind: str) -> tuple[Pcm, int]:
    if kind == "gsm":
        whole = original[: len(original) // codecs.GSM_FRAME * codecs.GSM_FRAME]
        return codecs.decode_gsm(whole), 8000
    law, rate = _RAW[kind]
    match law:
        case "alaw":
            return g711.alaw(original), rate
        case "ulaw":
            return g711.ulaw(original), rate
        case "g722":
            return codecs.DECODERS["g722"].decode([original])[0], rate
        case _:
            return np.frombuffer(original[: len(original) & ~1], "<i2").astype(np.int16), rate


def _is_gsm(start: bytes, suffix: str) -> bool:
    firsts = start[:: codecs.GSM_FRAME]
    marked = bool(firsts) and all(octet & 0xF0 == _GSM_MARK for octet in firsts)
    return marked and (suffix == "gsm" or len(firsts) >= 4)  # noqa: PLR2004 - by chance one in 65,536


def _frames(span: tuple[int, int] | None, rate: int, length: int) -> tuple[int, int]:
    if span is None:
        return 0, length
    first, last = (min(max(moment, 0) * rate // 1000, length) for moment in span)
    return first, last


def _broken() -> CallUnreadableError:
    return CallUnreadableError("The sound file is damaged, or of a kind that libsndfile does not read.")
