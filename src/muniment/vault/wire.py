"""Frames on a keeper's socket: a length (u32, little endian), then as many bytes of MessagePack."""

import os
import socket
import struct
from pathlib import Path

from muniment.core.errors import NotAvailableError, WrongUseError

LARGEST_FRAME = 512 * 1024 * 1024  # a hostile length must not make us ask for more memory than this
_LENGTH = struct.Struct("<I")


def dial(path: Path) -> socket.socket:
    """A connection to one of the keeper's sockets; NotAvailableError if nobody listens."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(os.fspath(path))
    except OSError as error:
        connection.close()
        raise NotAvailableError(
            "The keeper is not running.",
            why=f"Nobody answers at {path.name}: {error.strerror}.",
            remedy="Start it with muniment serve, or wait until it is back.",
        ) from error
    return connection


def send(connection: socket.socket, payload: bytes) -> None:
    """Send one frame whole."""
    if len(payload) > LARGEST_FRAME:
        raise WrongUseError(
            f"{len(payload)} bytes do not fit into one message to the keeper.",
            remedy=f"At most {LARGEST_FRAME} bytes at a time.",
        )
    connection.sendall(_LENGTH.pack(len(payload)))
    connection.sendall(payload)


def receive(connection: socket.socket) -> bytes | None:
    """The next frame; None where the other side closed between frames, NotAvailableError inside one."""
    head = _exactly(connection, _LENGTH.size, may_end=True)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > LARGEST_FRAME:
        raise WrongUseError(f"A frame of {length} bytes is too long.")
    return _exactly(connection, length, may_end=False)


def _exactly(connection: socket.socket, length: int, *, may_end: bool) -> bytes | None:
    buffer = bytearray(length)
    view = memoryview(buffer)
    filled = 0
    while filled < length:
        got = connection.recv_into(view[filled:])
        if got == 0:
            if may_end and filled == 0:
                return None
            raise NotAvailableError("The connection to the keeper broke in the middle of a message.")
        filled += got
    return bytes(buffer)
