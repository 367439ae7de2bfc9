"""From payloads of a codec to samples: one decoder for each codec that is at hand.

Each takes the packets of one unbroken stretch in their order, for most codecs have a memory, and gives for
each packet its samples. G.729 and AMR are decoded by libraries of the machine, where it has them
(`libraries`); where not, such a stream is recorded bit by bit, and can be heard once they are there.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import soundfile
from G722 import G722

from muniment.readers.calls import amr, g711, g729, libraries, ogg
from muniment.readers.calls.errors import CallUnreadableError
from muniment.readers.calls.g711 import Pcm

GSM_FRAME = 33  # octets for 160 samples (RFC 3551 section 4.5.8)
GSM_SAMPLES = 160
NO_SOUND = frozenset({"telephone-event", "cn", "red"})  # payloads that carry no speech of their own
_NOTHING = np.zeros(0, np.int16)


class Decoder(NamedTuple):
    """What decodes a codec: the rate of its samples in hertz, and the function."""

    rate: int
    decode: Callable[[Sequence[bytes]], list[Pcm]]


def decoder(name: str, clock: int, fmtp: str = "") -> Decoder | None:
    """The decoder of a codec by its name and parameters in SDP, or None for one that is not known.

    One that is known, but whose library this machine lacks, raises CallUnreadableError when it is asked.
    """
    lowered = name.lower()
    if lowered == "l16":
        return Decoder(clock, _linear)
    if lowered in amr.RATES:
        return Decoder(amr.RATES[lowered], lambda payloads: amr.decode(lowered, payloads, fmtp))
    return DECODERS.get(lowered)


def unheard(name: str) -> str:
    """Why a codec cannot be heard on this machine, and what to do; empty where it can."""
    lowered = name.lower()
    if lowered in libraries.LIBRARIES:
        return "" if libraries.at_hand(lowered) else str(libraries.absent(lowered))
    known = lowered in NO_SOUND or decoder(name, 8000) is not None
    return "" if known else f"{name} is recorded, and no decoder for it is known here."


def _linear(payloads: Sequence[bytes]) -> list[Pcm]:
    return [np.frombuffer(one[: len(one) & ~1], ">i2").astype(np.int16) for one in payloads]


def _by_table(table: Callable[[bytes], Pcm]) -> Callable[[Sequence[bytes]], list[Pcm]]:
    def decode(payloads: Sequence[bytes]) -> list[Pcm]:
        whole = table(b"".join(payloads))
        return _cut(whole, [len(one) for one in payloads])

    return decode


def _g722(payloads: Sequence[bytes]) -> list[Pcm]:
    whole = G722(16_000, 64_000).decode(b"".join(payloads)) if any(payloads) else b""
    return _cut(np.frombuffer(whole, np.int16), [len(one) * 2 for one in payloads])


def _gsm(payloads: Sequence[bytes]) -> list[Pcm]:
    frames = [one[: len(one) // GSM_FRAME * GSM_FRAME] for one in payloads]
    return _cut(decode_gsm(b"".join(frames)), [len(one) // GSM_FRAME * GSM_SAMPLES for one in frames])


def decode_gsm(frames: bytes) -> Pcm:
    """GSM full rate frames of 33 octets each, as samples at 8000 hertz."""
    if not frames:
        return _NOTHING
    return _read(frames, samplerate=8000, channels=1, format="RAW", subtype="GSM610")[:, 0]


def _opus(payloads: Sequence[bytes]) -> list[Pcm]:
    lengths = [ogg.samples(one) for one in payloads]
    good = [one for one, length in zip(payloads, lengths, strict=True) if length]
    if not good:
        return [_NOTHING] * len(payloads)
    channels = 2 if any(map(ogg.is_stereo, good)) else 1
    whole = _read(ogg.opus_file(good, channels))
    # A stereo packet within one party's stream is still one party.
    return _cut(whole.mean(axis=1).astype(np.int16), lengths)


def _read(data: bytes, **raw: int | str) -> Pcm:
    try:
        found: Pcm = soundfile.read(io.BytesIO(data), dtype="int16", always_2d=True, **raw)[0]
    except (soundfile.SoundFileError, RuntimeError, ValueError) as error:
        raise CallUnreadableError("The sound of a stream cannot be decoded.") from error
    return found


def _cut(whole: Pcm, lengths: Sequence[int]) -> list[Pcm]:
    """The samples of each packet; silence where the decoder gave fewer than were due."""
    due = sum(lengths)
    if len(whole) < due:
        whole = np.concatenate([whole, np.zeros(due - len(whole), np.int16)])
    ends = np.cumsum(lengths).tolist()
    return [whole[end - length : end] for end, length in zip(ends, lengths, strict=True)]


DECODERS: Mapping[str, Decoder] = MappingProxyType(
    {
        "g722": Decoder(16_000, _g722),
        "g729": Decoder(8000, g729.decode),
        "gsm": Decoder(8000, _gsm),
        "opus": Decoder(ogg.RATE, _opus),
        "pcma": Decoder(8000, _by_table(g711.alaw)),
        "pcmu": Decoder(8000, _by_table(g711.ulaw)),
    }
)
"""By the name in SDP in small letters; beside them L16 and AMR, which depend on what else SDP says."""
