"""Open records in segments: any part of them is read without opening the whole."""

import threading

from muniment.core.errors import FaultFoundError
from muniment.core.ids import RecordId
from muniment.vault.archive import Archive
from muniment.vault.segments import SEGMENT_BYTES, Extent, open_segment


class Stream:
    """The original bytes of one record that stands in segments, and its data key, while a session lasts.

    Each segment is compared with the ledger and authenticated before any byte of it is given out. The last
    one that was read is kept, so that a player's small steps cost one opening for 4 MiB.
    """

    held = 2 * SEGMENT_BYTES  # bytes of memory: a segment, sealed and open

    def __init__(self, store: Archive, record: RecordId, key: bytes, extent: Extent) -> None:
        self._store, self._record, self._key = store, record, key
        self.extent = extent
        self._lock = threading.Lock()
        self._last: tuple[int, bytes] = (-1, b"")

    @property
    def length(self) -> int:
        """How many bytes there are."""
        return self.extent.length

    def read(self, offset: int, length: int) -> bytes:
        """Some of the bytes; FaultFoundError if a segment is damaged or missing."""
        end = min(offset + length, self.extent.length)
        parts = []
        while offset < end:
            number, skipped = divmod(offset, SEGMENT_BYTES)
            part = self._segment(number)[skipped : skipped + end - offset]
            parts.append(part)
            offset += len(part)
        return b"".join(parts)

    def _segment(self, number: int) -> bytes:
        with self._lock:
            if self._last[0] != number:
                seq = self._store.segment(self._record, number)
                if seq is None:
                    raise FaultFoundError(f"Segment {number} of the record is missing.")
                entry = self._store.entry(seq)
                opened = open_segment(
                    self._key, self.extent, number, entry.head, entry.commitment, entry.ciphertext
                )
                self._last = (number, opened)
            return self._last[1]
