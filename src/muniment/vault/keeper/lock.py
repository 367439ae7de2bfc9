"""One keeper for one home: a lock that ends with the process that holds it, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from muniment.core.errors import NotAvailableError
from muniment.core.home import Home


@contextmanager
def only_keeper(home: Home) -> Iterator[None]:
    """Hold the home's lock; NotAvailableError if another process has it."""
    path = home.keeper_lock
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotAvailableError(
                f"A keeper runs on {home.path} already.",
                why="Two writers would spoil the ledger.",
                remedy="Stop muniment serve first, or wait until the other command has ended.",
            ) from error
        yield
    finally:
        os.close(descriptor)
