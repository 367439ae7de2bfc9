"""Encoders of telephones, from the libraries of this machine, so that decoders have something to decode."""

import ctypes
from collections.abc import Iterator

import numpy as np

from muniment.readers.calls.amr import BITS

NARROW, WIDE = 7, 8  # the modes of 12.2 and 23.85 kbit/s


def amr_frames(samples: np.ndarray, mode: int = NARROW, *, pauses: bool = False) -> list[bytes]:
    """Frames of AMR in the form of files, 20 ms at 8000 hertz each; with `pauses` silence is described."""
    library = ctypes.CDLL("libopencore-amrnb.so.0")
    library.Encoder_Interface_init.restype = ctypes.c_void_p
    library.Encoder_Interface_Encode.argtypes = (
        ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int,
    )  # fmt: skip
    library.Encoder_Interface_exit.argtypes = (ctypes.c_void_p,)
    state = library.Encoder_Interface_init(int(pauses))
    found = []
    for part in _parts(samples, 160):
        room = ctypes.create_string_buffer(64)
        length = library.Encoder_Interface_Encode(state, mode, part.ctypes.data, room, 0)
        found.append(_whole("amr", room.raw[:length] or b"\x7c"))
    library.Encoder_Interface_exit(state)
    return found


def amr_wide_frames(samples: np.ndarray, mode: int = WIDE, *, pauses: bool = False) -> list[bytes]:
    """The same of AMR-WB, at 16,000 hertz."""
    library = ctypes.CDLL("libvo-amrwbenc.so.0")
    library.E_IF_init.restype = ctypes.c_void_p
    library.E_IF_encode.argtypes = (
        ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int,
    )  # fmt: skip
    library.E_IF_exit.argtypes = (ctypes.c_void_p,)
    state = library.E_IF_init()
    found = []
    for part in _parts(samples, 320):
        room = ctypes.create_string_buffer(128)
        length = library.E_IF_encode(state, mode, part.ctypes.data, room, int(pauses))
        found.append(_whole("amr-wb", room.raw[:length]))
    library.E_IF_exit(state)
    return found


def g729_frames(samples: np.ndarray, *, pauses: bool = False) -> list[bytes]:
    """Frames of G.729, 10 ms at 8000 hertz each; with `pauses` those of silence have two octets or none."""
    library = ctypes.CDLL("libbcg729.so.0")
    library.initBcg729EncoderChannel.restype = ctypes.c_void_p
    library.initBcg729EncoderChannel.argtypes = (ctypes.c_uint8,)
    library.bcg729Encoder.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p)
    library.closeBcg729EncoderChannel.argtypes = (ctypes.c_void_p,)
    state = library.initBcg729EncoderChannel(int(pauses))
    found = []
    for part in _parts(samples, 80):
        room, length = ctypes.create_string_buffer(16), ctypes.create_string_buffer(1)
        library.bcg729Encoder(state, part.ctypes.data, room, length)
        found.append(room.raw[: length.raw[0]])
    library.closeBcg729EncoderChannel(state)
    return found


def _parts(samples: np.ndarray, size: int) -> Iterator[np.ndarray]:
    for at in range(0, len(samples) - size + 1, size):
        yield np.ascontiguousarray(samples[at : at + size], np.int16)


def _whole(name: str, frame: bytes) -> bytes:
    """The frame without octets that an encoder counted too many."""
    return frame[: 1 + -(-BITS[name][frame[0] >> 3 & 15] // 8)]
