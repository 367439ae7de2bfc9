"""The keeper in memory, with what calls ask of it besides."""

import json

from muniment.capture.calls import container
from muniment.core.call_container import CHUNK, MAGIC, ChunkType
from muniment.core.errors import NotAvailableError
from muniment.core.ids import RecordId, record_text
from muniment.vault.frames import read_head
from muniment.vault.live_keys import LiveHead, unwrap_live
from muniment.vault.messages import Adopted
from tests.capture.memory_keeper import ORGANISATION, MemoryKeeper

__all__ = ["ORGANISATION", "CallKeeper", "chunks", "packets"]


class CallKeeper(MemoryKeeper):
    """Adopts calls too."""

    def __init__(self) -> None:
        super().__init__()
        self.adopted: list[str] = []

    def held(self, record: bytes) -> bool:
        """Whether a record was sealed."""
        return any(read_head(entry.head).id == record for batch in self.batches for entry in batch.entries)

    def adopt_call(self, head: LiveHead) -> Adopted:
        """The key of a call."""
        if self.away:
            raise NotAvailableError("The keeper is not running.")
        self.adopted.append(head.call)
        return Adopted(unwrap_live(self._private, head), held=self.held(head.record))

    def original(self, record: bytes) -> bytes:
        """The bytes of one record."""
        return self.records()[record_text(RecordId(record))][1]


def chunks(data: bytes) -> list[tuple[str, int, bytes]]:
    """The chunks of a container: type, stream, body."""
    assert data[: len(MAGIC)] == MAGIC
    found, at = [], len(MAGIC)
    while at < len(data):
        kind, zero, stream, length = CHUNK.unpack_from(data, at)
        assert zero == 0
        at += CHUNK.size
        found.append((chr(kind), stream, data[at : at + length]))
        at += length
    return found


def packets(data: bytes, stream: int) -> list[tuple[int, int, int, int, bytes]]:
    """Arrival, timestamp, sequence, kind and payload of each packet of one stream, as the format page says."""
    rows: list[tuple[int, int, int, int, bytes]] = []
    for kind, number, body in chunks(data):
        if kind != chr(ChunkType.PACKETS) or number != stream:
            continue
        count = int.from_bytes(body[:4], "little")
        at = 4 + 13 * count
        for row in range(count):
            arrived = int.from_bytes(body[4 + 4 * row :][:4], "little")
            stamp = int.from_bytes(body[4 + 4 * count + 4 * row :][:4], "little")
            sequence = int.from_bytes(body[4 + 8 * count + 2 * row :][:2], "little")
            length = int.from_bytes(body[4 + 11 * count + 2 * row :][:2], "little")
            rows.append((arrived, stamp, sequence, body[4 + 10 * count + row], body[at : at + length]))
            at += length
        assert at == len(body)
    return rows


def texts(data: bytes, letter: str) -> list[dict[str, object]]:
    """The JSON of every chunk of one type."""
    return [json.loads(body) for kind, _, body in chunks(data) if kind == letter]


assert container.SECOND == 1000
