"""Keys pass from the supervisor to a child through a pipe that only the child inherits.

Never in arguments, environment or files: the environment names only the pipe's number.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from muniment.core.errors import NotAvailableError
from muniment.vault.handover import VARIABLE

LARGEST = 1 << 20
"""Bytes that fit into one pipe without a reader (Linux, pipe(7)): keys of some thousand organisations."""


@contextmanager
def key_pipe(keys: bytes) -> Iterator[tuple[tuple[int, ...], dict[str, str]]]:
    """Descriptors to inherit and variables to add for a child that is to get `keys`."""
    if not keys:
        yield (), {}
        return
    if len(keys) > LARGEST:
        raise NotAvailableError("The keys are too many for one hand-over.")
    reader, writer = os.pipe()
    try:
        with os.fdopen(writer, "wb", buffering=0) as pipe:
            if fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ) < len(keys):
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, len(keys))
            pipe.write(keys)
        yield (reader,), {VARIABLE: str(reader)}
    finally:
        os.close(reader)
