"""One message in the pipe: its length, then its bytes."""

import os
import struct
from typing import Final

LENGTH: Final = struct.Struct("<I")


def send(descriptor: int, payload: bytes) -> None:
    """Write one message."""
    view = memoryview(LENGTH.pack(len(payload)) + payload)
    while view:
        view = view[os.write(descriptor, view) :]
