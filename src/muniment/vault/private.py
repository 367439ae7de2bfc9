"""A keeper for one command: where none runs on a home, a private one does the same work and checks."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from muniment.core import parting
from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from muniment.vault import handover, wire
from muniment.vault.keyring import Keyring, UnlockedKeyring

_LONGEST_START = 120.0  # seconds: recovery reads the last packs after a crash
_PAUSE = 0.02


@contextmanager
def private_keeper(home: Home, passphrase: bytes, keyring: UnlockedKeyring | None = None) -> Iterator[None]:
    """See to it that a keeper runs on this home while the block runs.

    The passphrase is checked in either case, unless a `keyring` is given that is unlocked already. A keeper started here ends with the block, after the last
    command that has found it has gone; where this process is killed, it ends at once.
    """
    keyring = keyring or Keyring.unlock(home, passphrase)
    if _answers(home):
        yield
        return
    parted = parting.of(home)
    if parted:
        parting.hand_out(home, parted)
    child = handover.spawn(
        [sys.executable, "-m", "muniment.vault.keeper.main", str(home.path)],
        keyring.keeper_keys(private=True),
        stdin=subprocess.PIPE,
        bound=True,
        parted=parted,
    )
    try:
        _await(home, child)
        yield
    finally:
        if child.stdin is not None:
            child.stdin.close()  # the lifeline: at its end a private keeper finishes and goes
        child.wait()


def _await(home: Home, child: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _LONGEST_START
    while not _answers(home):
        if child.poll() is not None:
            raise NotAvailableError(
                "The keeper could not start.", why=f"It ended with status {child.returncode}; see above."
            )
        if time.monotonic() > until:
            raise NotAvailableError("The keeper did not start in time.")
        time.sleep(_PAUSE)


def _answers(home: Home) -> bool:
    try:
        wire.dial(home.socket("desk")).close()
    except NotAvailableError:
        return False
    return True
