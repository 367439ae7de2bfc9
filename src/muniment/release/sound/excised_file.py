"""A sound file without some stretches: the same kind of file, as long as before, silent where they were.

1. Where one sample is so many octets (PCM, G.711, files without a head), those octets are replaced, and every
   other octet of the file stays.
2. Else (FLAC, Ogg, MP3, AU, GSM or ADPCM within WAV) the sound is decoded, silenced and encoded again by the same
   codec; of what else the file had (titles, pictures) nothing is taken over.
3. What can be done in neither way is refused.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
import soundfile

from muniment.readers.calls import audio, codecs
from muniment.readers.calls.errors import CallUnreadableError
from muniment.release.sound.messages import Covered

_BLOCK: Final = 1 << 20  # frames decoded at a time
_SILENT: Final[Mapping[str, bytes]] = MappingProxyType(
    {
        "ALAW": b"\xd5", "FLOAT": bytes(4), "DOUBLE": bytes(8), "PCM_16": bytes(2), "PCM_24": bytes(3),
        "PCM_32": bytes(4), "PCM_U8": b"\x80", "ULAW": b"\xff",
    }
)  # fmt: skip
"""One silent sample, by libsndfile's names of codecs in WAV."""
_HEADLESS: Final[Mapping[str, tuple[int, bytes]]] = MappingProxyType(
    {
        "al": (8000, b"\xd5"), "alaw": (8000, b"\xd5"), "g722": (8000, b"\xfa"), "pcm": (8000, b"\xff"),
        "sln": (8000, bytes(2)), "sln16": (16_000, bytes(2)), "ul": (8000, b"\xff"), "ulaw": (8000, b"\xff"),
    }
)  # fmt: skip
"""Silent units to a second, and one of them, of files without a head."""
_GSM_FRAMES: Final = 50  # to a second
_EXACT: Final = frozenset({"FLAC", "AU"})  # lossless: decoded to whole numbers
_RIFF_HEAD, _CHUNK_HEAD = 12, 8


def silenced(original: bytes, name: str, spans: Sequence[Covered]) -> bytes:
    """The file with `spans` (ms since it begins) silent; CallUnreadableError says why that cannot be."""
    kind = audio.recognise(original[:4096], name)
    if kind in _HEADLESS:
        rate, unit = _HEADLESS[kind]
        return _patched(original, 0, len(original), rate, unit, 1, spans)
    if kind == "gsm":
        return _patched(original, 0, len(original), _GSM_FRAMES, _gsm_silence(), 1, spans)
    if kind not in audio.WORDS:
        raise CallUnreadableError(
            "Stretches of a file of this kind cannot be taken out. It can be erased whole."
        )
    try:
        return _with_head(original, kind, spans)
    except (soundfile.SoundFileError, RuntimeError, ValueError, TypeError, OSError) as error:
        raise CallUnreadableError(
            "It cannot be written as the file that it is. It can be erased whole."
        ) from error


def _with_head(original: bytes, kind: str, spans: Sequence[Covered]) -> bytes:
    with soundfile.SoundFile(io.BytesIO(original)) as file:
        unit = _SILENT.get(file.subtype)
        if kind == "wav" and unit is not None and (found := _data_of(original)):
            return _patched(original, *found, file.samplerate, unit, file.channels, spans)
        return _encoded_again(file, spans)


def _patched(
    original: bytes, first: int, last: int, rate: int, unit: bytes, channels: int, spans: Sequence[Covered]
) -> bytes:
    """Octets from `first` up to `last` are samples, each `unit` long, channels taking turns."""
    made = bytearray(original)
    width = len(unit) * channels
    moments = (last - first) // width
    for span in spans:
        begin, end = _moments(span, rate, moments)
        for channel in _channels(span, channels):
            for at in range(len(unit)):
                place = first + channel * len(unit) + at
                count = max(end - begin, 0)
                made[place + begin * width : place + end * width : width] = unit[at : at + 1] * count
    return bytes(made)


def _encoded_again(file: soundfile.SoundFile, spans: Sequence[Covered]) -> bytes:
    made = io.BytesIO()
    form = "int32" if file.format in _EXACT else "float32"
    given = (file.samplerate, file.channels, file.subtype, file.endian, file.format)
    with soundfile.SoundFile(made, "w", *given) as sink:
        for start, rows in _blocks(file, form):
            for span in spans:
                begin, end = (each - start for each in _moments(span, file.samplerate, file.frames))
                for channel in _channels(span, file.channels):
                    rows[max(begin, 0) : max(end, 0), channel] = 0
            sink.write(rows)
    return made.getvalue()


def _blocks(file: soundfile.SoundFile, form: str) -> Iterator[tuple[int, np.ndarray]]:
    start = 0
    while len(rows := file.read(_BLOCK, dtype=form, always_2d=True)):
        yield start, rows
        start += len(rows)


def _moments(span: Covered, rate: int, length: int) -> tuple[int, int]:
    """First and end of a stretch, rounded outwards."""
    return min(span.start * rate // 1000, length), min(-(-span.end * rate // 1000), length)


def _channels(span: Covered, channels: int) -> range:
    """The file's channels that a listener hears in one: the first left, all others right."""
    if span.channel is None or channels == 1:
        return range(channels)
    return range(1) if span.channel == 0 else range(1, channels)


def _data_of(original: bytes) -> tuple[int, int] | None:
    """Where the samples of a RIFF file begin and end; None where it has none."""
    order = "big" if original.startswith(b"RIFX") else "little"
    at = _RIFF_HEAD
    while at + _CHUNK_HEAD <= len(original):
        size = int.from_bytes(original[at + 4 : at + 8], "big" if order == "big" else "little")
        if original[at : at + 4] == b"data":
            begin = at + _CHUNK_HEAD
            return begin, min(begin + size, len(original))
        at += _CHUNK_HEAD + size + size % 2
    return None


def _gsm_silence() -> bytes:
    """A frame of GSM full rate that decodes to silence."""
    made = io.BytesIO()
    with soundfile.SoundFile(made, "w", 8000, 1, "GSM610", "FILE", "RAW") as sink:
        sink.write(np.zeros(160 * 4, np.int16))
    return made.getvalue()[-codecs.GSM_FRAME :]
