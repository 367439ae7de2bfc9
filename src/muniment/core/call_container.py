"""The call container's constants: the one thing that its writer and its reader share (docs/call-format.md)."""

from enum import IntEnum
from struct import Struct
from typing import Final

MAGIC: Final = b"MNCALL1\n"
INDEX_MAGIC: Final = b"MNCALLX\n"  # the last eight bytes of a container that has an index
TYPE: Final = "muniment/call/v1"

CHUNK: Final = Struct("<BBHI")  # type, reserved (0), stream, length of the body
INDEX_TAIL: Final = Struct("<I8s")  # seconds, INDEX_MAGIC; in front of it a u32 offset for each second
WHOLE_CALL: Final = 0xFFFF  # the stream number of a chunk that belongs to no stream

MARKER: Final = 0x80  # of a packet's kind; the other seven bits are the RTP payload type
LARGEST_CHUNK: Final = 1 << 24  # bytes of a body: far more than a second of any codec


class ChunkType(IntEnum):
    """What a chunk holds; the numbers are ASCII letters."""

    EVENT = ord("E")
    HEAD = ord("H")
    INDEX = ord("X")
    INFO = ord("I")
    MASKED = ord("S")
    PACKETS = ord("P")
    SIGNALLING = ord("M")
    STREAM = ord("T")
