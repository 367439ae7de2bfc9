"""A call of our own making, as its container: two streams of G.711 with speech-like noise."""

import struct
from typing import Final

import numpy as np

from muniment.core import call_facts, canonical
from muniment.core.call_container import CHUNK, INDEX_MAGIC, INDEX_TAIL, MAGIC, TYPE, WHOLE_CALL, ChunkType
from muniment.core.call_facts import CallFacts
from muniment.core.canonical import Json

STARTED: Final = 1_800_000_000_000
_PACKETS: Final = 50  # a second, of 20 ms
_SIZE: Final = 160  # bytes of a packet


def a_call(seconds: int) -> bytes:
    """A container of so many seconds; the same each time."""
    random = np.random.default_rng(1)
    data = bytearray(MAGIC)
    offsets: list[int] = []
    head: dict[str, Json] = {"type": TYPE, "call": "bench", "started": STARTED, "source": "bench"}
    _add(data, ChunkType.HEAD, canonical.dumps(head))
    for stream in (0, 1):
        opened = {"at": STARTED, "stream": stream, "codecs": {"0": {"name": "PCMU", "rate": 8000}}}
        _add(data, ChunkType.STREAM, canonical.dumps(opened), stream)  # type: ignore[arg-type]  # nested, and canonical
    for second in range(seconds):
        offsets.append(len(data))
        for stream in (0, 1):
            _add(data, ChunkType.PACKETS, _packets(second, random), stream)
    facts = CallFacts(id="bench", direction="unknown", started=STARTED, ended=STARTED + seconds * 1000)
    _add(data, ChunkType.INFO, call_facts.encode(facts))
    table = b"".join(offset.to_bytes(4, "little") for offset in offsets)
    _add(data, ChunkType.INDEX, table + INDEX_TAIL.pack(len(offsets), INDEX_MAGIC))
    return bytes(data)


def _packets(second: int, random: np.random.Generator) -> bytes:
    numbers = np.arange(second * _PACKETS, (second + 1) * _PACKETS)
    loud = random.random(_PACKETS) < 0.5  # noqa: PLR2004 - half of the time somebody speaks
    payload = np.where(
        loud[:, None], random.integers(0, 256, (_PACKETS, _SIZE)), np.full((_PACKETS, _SIZE), 0xFF)
    )
    columns = (
        (numbers * 20).astype("<u4"), (numbers * _SIZE).astype("<u4"), numbers.astype("<u2"),
        np.zeros(_PACKETS, np.uint8), np.full(_PACKETS, _SIZE, "<u2"),
    )  # fmt: skip
    return (
        struct.pack("<I", _PACKETS)
        + b"".join(one.tobytes() for one in columns)
        + payload.astype(np.uint8).tobytes()
    )


def _add(data: bytearray, kind: ChunkType, body: bytes, stream: int = WHOLE_CALL) -> None:
    data += CHUNK.pack(kind, 0, stream, len(body)) + body
