"""What a record's plaintext holds: the capture statement, then the original bytes."""

import struct

from muniment.core.errors import FaultFoundError

LENGTH = struct.Struct("<I")


def pack_content(statement: bytes, original: bytes) -> bytes:
    """The plaintext of a record: length of the statement, the statement, the bytes as captured."""
    return b"".join((LENGTH.pack(len(statement)), statement, original))


def unpack_content(data: bytes) -> tuple[bytes, bytes]:
    """The inverse: (statement, original). FaultFoundError where the length cannot be right."""
    if len(data) < LENGTH.size:
        raise FaultFoundError("A record's content is too short to hold its capture statement.")
    end = LENGTH.size + LENGTH.unpack_from(data)[0]
    if end > len(data):
        raise FaultFoundError("A record's capture statement is longer than its content.")
    return data[LENGTH.size : end], data[end:]
