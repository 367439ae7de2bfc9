"""Decoders that are no part of this system, but may be on the machine: libraries of C, loaded where they are.

AMR: OpenCORE (Apache 2.0). G.729: bcg729 (GPL 3; whoever wants it installs it, and nothing of it is passed on
here). They are asked only about frames of the right length, in the child that is shut in.
"""

import ctypes
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from muniment.readers.calls.errors import CallUnreadableError
from muniment.readers.calls.g711 import Pcm


class Library(NamedTuple):
    """A library, and what it is for."""

    file: str
    """As the dynamic linker knows it."""
    package: str
    """The package of Debian that has it."""
    open: str
    decode: str
    close: str
    samples: int
    """Of one frame."""


LIBRARIES = MappingProxyType(
    {
        "amr": Library(
            "libopencore-amrnb.so.0", "libopencore-amrnb0",
            "Decoder_Interface_init", "Decoder_Interface_Decode", "Decoder_Interface_exit", 160,
        ),
        "amr-wb": Library(
            "libopencore-amrwb.so.0", "libopencore-amrwb0", "D_IF_init", "D_IF_decode", "D_IF_exit", 320
        ),
        "g729": Library(
            "libbcg729.so.0", "libbcg729-0",
            "initBcg729DecoderChannel", "bcg729Decoder", "closeBcg729DecoderChannel", 80,
        ),
    }
)  # fmt: skip
"""By the codec's name in SDP in small letters."""


def missing() -> tuple[str, ...]:
    """The codecs, as people write them, that this machine cannot decode for want of a library."""
    return tuple(name.upper() for name in LIBRARIES if not at_hand(name))


def at_hand(name: str) -> bool:
    """Whether the library of a codec is on this machine."""
    return _loaded(name) is not None


def remedy(name: str) -> str:
    """What to do where it is not."""
    return f"Install {LIBRARIES[name.lower()].package}, and start again."


def absent(name: str) -> CallUnreadableError:
    """The error of asking for one that is not at hand."""
    return CallUnreadableError(
        f"{name.upper()} is recorded, but this machine has no decoder for it.", remedy=remedy(name)
    )


type Frames = Callable[[bytes, bool], Pcm]
"""Decodes the next frame; the second says whether it is silence's description (G.729) or lost (AMR)."""


@contextmanager
def frames(name: str) -> Iterator[Frames]:
    """A decoder with its memory, for one stretch. CallUnreadableError where there is none at hand."""
    library, loaded = LIBRARIES[name], _loaded(name)
    if loaded is None:
        raise absent(name)
    state = getattr(loaded, library.open)()
    if not state:
        raise CallUnreadableError("The decoder did not begin.")
    decode, samples = getattr(loaded, library.decode), library.samples

    def amr(frame: bytes, marked: bool) -> Pcm:  # noqa: FBT001 the shape of Frames
        sound = np.zeros(samples, np.int16)
        decode(state, frame, sound.ctypes.data, int(marked))
        return sound

    def g729(frame: bytes, marked: bool) -> Pcm:  # noqa: FBT001 the same
        sound = np.zeros(samples, np.int16)
        decode(state, frame, len(frame), int(not frame), int(marked), 0, sound.ctypes.data)
        return sound

    try:
        yield g729 if name == "g729" else amr
    finally:
        getattr(loaded, library.close)(state)


@cache
def _loaded(name: str) -> ctypes.CDLL | None:
    library = LIBRARIES[name]
    try:
        found = ctypes.CDLL(library.file)
        getattr(found, library.open).restype = ctypes.c_void_p
        getattr(found, library.open).argtypes = ()
        getattr(found, library.close).restype = None
        getattr(found, library.close).argtypes = (ctypes.c_void_p,)
        decode = getattr(found, library.decode)
    except (OSError, AttributeError):
        return None
    decode.restype = None
    rest: Sequence[type] = (
        (ctypes.c_uint8, ctypes.c_uint8, ctypes.c_uint8, ctypes.c_uint8, ctypes.c_void_p)
        if name == "g729"
        else (ctypes.c_void_p, ctypes.c_int)
    )
    decode.argtypes = (ctypes.c_void_p, ctypes.c_char_p, *rest)
    return found
