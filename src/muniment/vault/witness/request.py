"""What a witness is asked: add-checkpoint (c2sp.org/tlog-witness), and add-successor, which is our own."""

import base64
import binascii
import re
from dataclasses import dataclass

import msgspec

from muniment.core.errors import WrongUseError

OLD_LINE = re.compile(r"old (0|[1-9][0-9]{0,18})")
MOST_HASHES = 63
HASH_BYTES = 32
LARGEST_REQUEST = 128 * 1024  # bytes: 63 hashes, and a note with room for many long signatures


@dataclass(frozen=True)
class AddCheckpoint:
    """A checkpoint that is to be cosigned, and the proof that it extends the one of `old` leaves."""

    old: int
    path: tuple[bytes, ...]
    note: str

    def text(self) -> str:
        """The body of the request."""
        hashes = (base64.b64encode(node).decode() for node in self.path)
        return "\n".join((f"old {self.old}", *hashes, "", self.note))

    @classmethod
    def parse(cls, data: bytes) -> "AddCheckpoint":
        """Read a request; WrongUseError unless it is exactly one. Its note is not looked at."""
        try:
            head, mark, note = data.decode().partition("\n\n")
        except UnicodeDecodeError as error:
            raise WrongUseError("The request is not text.") from error
        first, *hashes = head.split("\n")
        old = OLD_LINE.fullmatch(first)
        if old is None or not mark or len(hashes) > MOST_HASHES:
            raise WrongUseError("The request is no add-checkpoint request.")
        return cls(int(old[1]), tuple(_hash(line) for line in hashes), note)


class Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A leaf's data, and its tlog-proof, which ends with the signed checkpoint."""

    leaf: bytes
    proof: str


class AddSuccessor(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", tag="muniment/successor/v1"
):
    """A ledger was frozen, and another goes on: the last entry of the one, the first of the other."""

    frozen: Shown
    opened: Shown

    def text(self) -> bytes:
        """The body of the request."""
        return msgspec.json.encode(self)

    @classmethod
    def parse(cls, data: bytes) -> "AddSuccessor":
        """Read a request; WrongUseError unless it is one."""
        try:
            return msgspec.json.decode(data, type=cls)
        except msgspec.MsgspecError as error:
            raise WrongUseError("The request is no add-successor request.") from error


def _hash(line: str) -> bytes:
    try:
        raw = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != HASH_BYTES or base64.b64encode(raw).decode() != line:
        raise WrongUseError("A line of the proof is no hash.")
    return raw
