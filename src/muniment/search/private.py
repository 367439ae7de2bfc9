"""A librarian for one command, where none runs on a home: the same work and the same rules."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from muniment.search.client import Librarian
from muniment.vault import handover
from muniment.vault.handover import LibrarianKeys

_LONGEST_START = 120.0  # seconds: a large index is opened from its sealed segments
_PAUSE = 0.02


@contextmanager
def private_librarian(home: Home, keys: LibrarianKeys) -> Iterator[None]:
    """See to it that a librarian answers on this home while the block runs."""
    if answers(home):
        yield
        return
    child = handover.spawn([sys.executable, "-m", "muniment.search.main", str(home.path)], keys, bound=True)
    try:
        _await(home, child)
        yield
    finally:
        child.terminate()
        child.wait()


def answers(home: Home) -> bool:
    """Whether a librarian answers on this home."""
    with Librarian(home) as librarian:
        try:
            librarian.ping()
        except NotAvailableError:
            return False
    return True


def _await(home: Home, child: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _LONGEST_START
    while not answers(home):
        if child.poll() is not None:
            raise NotAvailableError(
                "The librarian could not start.",
                why=f"It ended with status {child.returncode}; see above.",
            )
        if time.monotonic() > until:
            raise NotAvailableError("The librarian did not start in time.")
        time.sleep(_PAUSE)
