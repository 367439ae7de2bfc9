"""Reading single slots and batches of the generation of key files that counts, from files that stay open."""

import os
from threading import Lock

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.vault.layout import KeyFiles, Layout
from muniment.vault.recovery import REMEDY
from muniment.vault.slots import BATCH_BYTES, SLOT_BYTES, BatchRecord, Slot, SlotCodec, State


class KeyReader:
    """Slots and batches by their number. Several threads may ask, while this process or another turns the epoch.

    FaultFoundError if what is read is damaged; NotAvailableError if it cannot be read.
    """

    def __init__(self, layout: Layout, codec: SlotCodec, files: KeyFiles) -> None:
        self._layout, self._codec, self._files = layout, codec, files
        self._slots = self._batches = -1
        self._lock = Lock()  # nothing is closed while another thread reads from it

    def close(self) -> None:
        """Close both files; whoever reads again opens them again."""
        with self._lock:
            self._close()

    def slot(self, seq: int) -> Slot:
        """The slot of an entry: EMPTY if it was erased."""
        with self._lock:
            self._follow()
            return self._slot(seq)

    def batch(self, number: int) -> BatchRecord:
        """A batch as a slot names it."""
        with self._lock:
            self._follow()
            return self._batch(number)

    def wrapped(self, seq: int) -> tuple[Slot, BatchRecord | None]:
        """The slot of an entry with its batch, both of one generation; None for the batch of an EMPTY one."""
        with self._lock:
            self._follow()
            slot = self._slot(seq)
            return slot, self._batch(slot.batch) if slot.state is State.LIVE else None

    def empty(self, seq: int) -> bool:
        """Whether nothing stands in a slot, not even something damaged."""
        with self._lock:
            self._follow()
            return not any(self._read(self._slots, seq * SLOT_BYTES, SLOT_BYTES))

    def _slot(self, seq: int) -> Slot:
        slot = self._codec.parse(seq, self._read(self._slots, seq * SLOT_BYTES, SLOT_BYTES))
        if slot is None:
            raise FaultFoundError(f"The key slot of entry {seq} is damaged.", remedy=REMEDY)
        return slot

    def _batch(self, number: int) -> BatchRecord:
        data = self._read(self._batches, number * BATCH_BYTES, BATCH_BYTES)
        batch = self._codec.parse_batch(number, data)
        if batch is None:
            raise FaultFoundError(f"Batch {number} of keys is damaged.", remedy=REMEDY)
        return batch

    def _read(self, descriptor: int, offset: int, length: int) -> bytes:
        try:
            return os.pread(descriptor, length, offset)
        except OSError as error:
            raise _unreadable(error) from error

    def _follow(self) -> None:
        """See to it that the files that count are open: a turn of the epoch removes those before them."""
        if self._slots >= 0 and os.fstat(self._slots).st_nlink:
            return
        self._close()
        try:
            self._open(self._files)
        except FileNotFoundError as error:
            found = self._layout.key_files()
            if found == self._files:
                raise _unreadable(error) from error
            self._files = found
            self._follow()
        except OSError as error:
            raise _unreadable(error) from error

    def _open(self, files: KeyFiles) -> None:
        self._slots = os.open(files.slots, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._batches = os.open(files.batches, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            os.close(self._slots)
            self._slots = -1
            raise

    def _close(self) -> None:
        if self._slots >= 0:
            os.close(self._slots)
            os.close(self._batches)
            self._slots = self._batches = -1


def _unreadable(error: OSError) -> NotAvailableError:
    return NotAvailableError("The keys cannot be read.", why=f"{error.strerror}.")
