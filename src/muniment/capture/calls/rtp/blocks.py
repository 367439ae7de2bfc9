"""Kept packets between sweep and disk, in memory: columns of many streams, then the chunks of each."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from muniment.capture.calls.rtp.packet import HEADER_BYTES, Batch
from muniment.capture.calls.rtp.tracking import Held


class Block(NamedTuple):
    """Packets in their order of arrival; those of one row stand together."""

    rows: NDArray[np.int64]
    arrived: NDArray[np.int64]
    timestamp: NDArray[np.int64]
    sequence: NDArray[np.int64]
    kind: NDArray[np.uint8]
    length: NDArray[np.int64]
    payload: bytes


class Packets(NamedTuple):
    """Packets of one stream since the last time."""

    row: int
    arrived: NDArray[np.int64]
    """Microseconds since 1970."""
    offset: NDArray[np.uint32]
    """Milliseconds since the call started."""
    timestamp: NDArray[np.uint32]
    sequence: NDArray[np.uint16]
    kind: NDArray[np.uint8]
    length: NDArray[np.uint16]
    payload: bytes

    def only(self, kept: NDArray[np.bool_]) -> "Packets":
        """Those that are to be kept; nothing of the others is left."""
        return self._picked(np.flatnonzero(kept))

    def by_arrival(self) -> "Packets":
        """The same packets in the order in which they came."""
        return self._picked(np.argsort(self.arrived, kind="stable"))

    def _picked(self, which: NDArray[np.intp]) -> "Packets":
        ends = np.cumsum(self.length, dtype=np.int64)
        begins = ends - self.length
        payload = b"".join(
            self.payload[a:b] for a, b in zip(begins[which].tolist(), ends[which].tolist(), strict=True)
        )
        return Packets(
            self.row,
            self.arrived[which],
            self.offset[which],
            self.timestamp[which],
            self.sequence[which],
            self.kind[which],
            self.length[which],
            payload,
        )

    def columns(self) -> tuple[bytes, ...]:
        """The columns as a container has them."""
        return (
            self.offset.tobytes(),
            self.timestamp.tobytes(),
            self.sequence.tobytes(),
            self.kind.tobytes(),
            self.length.tobytes(),
        )


def from_batch(
    data: NDArray[np.uint8],
    rows: NDArray[np.int64],
    arrived: NDArray[np.int64],
    batch: Batch,
    kept: NDArray[np.intp],
) -> Block:
    """The packets in the slots `kept`, their payloads copied out of the slots."""
    begin, end = batch.begin[kept], batch.end[kept]
    length = end - begin
    size = int(length[0])
    if (length == size).all() and (begin == HEADER_BYTES).all():
        first = int(kept[0])
        together = int(kept[-1]) - first + 1 == len(kept)
        chosen = data[first : first + len(kept)] if together else data[kept, : HEADER_BYTES + size]
        payload = chosen[:, HEADER_BYTES : HEADER_BYTES + size].tobytes()
    else:
        slots = memoryview(data.reshape(-1))
        at = kept * data.shape[1]
        payload = b"".join(
            slots[a:b] for a, b in zip((at + begin).tolist(), (at + end).tolist(), strict=True)
        )
    return Block(
        rows[kept],
        arrived[kept],
        batch.timestamp[kept],
        batch.sequence[kept],
        batch.kind[kept],
        length,
        payload,
    )


def from_held(row: int, held: Sequence[Held]) -> Block:
    """Packets of one stream that come with their payloads."""
    packets = [one.packet for one in held]
    payloads = [one.payload for one in held]
    return Block(
        np.full(len(held), row),
        np.array([packet.arrived for packet in packets], np.int64),
        np.array([packet.timestamp for packet in packets], np.int64),
        np.array([packet.sequence for packet in packets], np.int64),
        np.array([packet.kind for packet in packets], np.uint8),
        np.array([len(payload) for payload in payloads], np.int64),
        b"".join(payloads),
    )


def by_stream(blocks: Sequence[Block], started: NDArray[np.int64]) -> Iterator[Packets]:
    """The packets of each stream, whichever blocks they stand in; `started` by row, milliseconds since 1970."""
    if not blocks:
        return
    rows = np.concatenate([block.rows for block in blocks])
    order = np.argsort(rows.astype(np.uint16 if rows.max() <= 0xFFFF else np.int64), kind="stable")  # noqa: PLR2004
    rows = rows[order]
    arrived = np.concatenate([block.arrived for block in blocks])[order]
    offset = np.maximum(arrived // 1000 - started[rows], 0).astype("<u4")
    timestamp = np.concatenate([block.timestamp for block in blocks])[order].astype("<u4")
    sequence = np.concatenate([block.sequence for block in blocks])[order].astype("<u2")
    kind = np.concatenate([block.kind for block in blocks])[order]
    length = np.concatenate([block.length for block in blocks])[order].astype("<u2")
    pieces = _pieces(blocks)
    starts = [0, *(np.flatnonzero(rows[1:] != rows[:-1]) + 1).tolist()]
    # What was held until its source was believed, and what was looked at alone, may stand out of order.
    mixed = set(rows[1:][(rows[1:] == rows[:-1]) & (arrived[1:] < arrived[:-1])].tolist())
    for begin, end, row in zip(starts, [*starts[1:], len(rows)], rows[starts].tolist(), strict=True):
        packets = Packets(
            row,
            arrived[begin:end],
            offset[begin:end],
            timestamp[begin:end],
            sequence[begin:end],
            kind[begin:end],
            length[begin:end],
            b"".join(pieces[row]),
        )
        yield packets.by_arrival() if row in mixed else packets


def _pieces(blocks: Sequence[Block]) -> dict[int, list[memoryview]]:
    """Where the payloads of each row lie."""
    pieces: defaultdict[int, list[memoryview]] = defaultdict(list)
    for block in blocks:
        ends = np.cumsum(block.length)
        last = np.append(np.flatnonzero(block.rows[1:] != block.rows[:-1]), len(block.rows) - 1)
        stops = ends[last].tolist()
        whole = memoryview(block.payload)
        begin = 0
        for row, stop in zip(block.rows[last].tolist(), stops, strict=True):
            pieces[row].append(whole[begin:stop])
            begin = stop
    return pieces
