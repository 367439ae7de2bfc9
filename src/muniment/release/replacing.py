"""A record that is to stand for another, sealed as its bytes come; what makes it a record is kept for the end.

A short one is one entry. Of a long one the segments go to the keeper as they come, and nobody can read them
until the record itself is there; where it never comes they are erased as those of any recording that broke off.
"""

import hashlib
from collections.abc import Callable

from muniment.capture.batch import Captured, Keeping, sealed
from muniment.capture.stream import hand_over
from muniment.core import ids
from muniment.core.errors import StaleKeyError
from muniment.vault.messages import Erasure
from muniment.vault.sealing import EpochKey, SealedBatch
from muniment.vault.segments import SEGMENT_BYTES, StreamSealer

type Statement = Callable[[str], bytes]
"""The capture statement, of the SHA-256 of the bytes in hexadecimal."""


class Replacement:
    """The bytes of one record, in order."""

    def __init__(self, keeper: Keeping, organisation: str) -> None:
        """`keeper` takes what is sealed; nothing is read there."""
        self._keeper, self._organisation = keeper, organisation
        self._id = ids.new_record_id()
        self._stream = StreamSealer(organisation, self._id)
        self._digest = hashlib.sha256()
        self._waiting = bytearray()
        self._segments = False

    @property
    def record(self) -> str:
        """Its `rec_…` id."""
        return ids.record_text(self._id)

    def take(self, piece: bytes) -> None:
        """The next bytes."""
        self._digest.update(piece)
        self._waiting += piece
        while len(self._waiting) > SEGMENT_BYTES:  # not yet where it is full: it may be the last
            self._hand_over(bytes(self._waiting[:SEGMENT_BYTES]), final=False)
            del self._waiting[:SEGMENT_BYTES]

    def complete(self, statement: Statement, replace: Callable[[SealedBatch], Erasure]) -> Erasure:
        """Let `replace` keep the record itself; once more where the epoch has turned meanwhile."""
        said = statement(self._digest.hexdigest())
        if self._segments:
            self._hand_over(bytes(self._waiting), final=True)
            batch = self._stream.record(self._key(), said)
        else:
            batch = self._whole(said)
        try:
            return replace(batch)
        except StaleKeyError:
            again = self._stream.again(self._key(), batch) if self._segments else self._whole(said)
            return replace(again)

    def _whole(self, said: bytes) -> SealedBatch:
        return sealed(self._key(), [Captured(self._id, said, bytes(self._waiting))])

    def _hand_over(self, data: bytes, *, final: bool) -> None:
        self._segments = True
        hand_over(self._keeper, self._stream, self._stream.segment(self._key(), data, final=final))

    def _key(self) -> EpochKey:
        return self._keeper.epoch(self._organisation)
