"""The keeper's process: `python -m muniment.vault.keeper.main HOME`, with its keys in an inherited pipe."""

import ctypes
import os
import resource
import signal
import sys
import threading
from pathlib import Path

from muniment.core import lifeline
from muniment.core.errors import MunimentError, NotAvailableError
from muniment.core.home import Home
from muniment.vault import handover
from muniment.vault.handover import KeeperKeys
from muniment.vault.keeper.keeper import Keeper
from muniment.vault.keeper.lock import only_keeper
from muniment.vault.keeper.server import Server

TEND_EVERY = 3600.0  # seconds between looks at whether an epoch has lasted long enough
_PR_SET_DUMPABLE = 4  # linux/prctl.h


def main(arguments: list[str]) -> int:
    """Run until SIGTERM or SIGINT; a private keeper also ends when its standard input does."""
    seclude()
    try:
        keys = handover.receive(KeeperKeys)
        run(Home(Path(arguments[0])), keys)
    except MunimentError as error:
        print(f"keeper: {error}", file=sys.stderr)  # noqa: T201  # standard error is its log
        return error.exit_status
    except OSError as error:  # a disk that cannot be written, a directory of somebody else's
        print(f"keeper: {error.filename or 'the system'}: {error.strerror}", file=sys.stderr)  # noqa: T201
        return NotAvailableError.exit_status
    return 0


def seclude() -> None:
    """No core file, no debugger, no /proc/…/mem for others of the same user: keys live in this memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        print(f"keeper: cannot be made undumpable: {os.strerror(ctypes.get_errno())}", file=sys.stderr)  # noqa: T201


def run(home: Home, keys: KeeperKeys) -> None:
    """Serve one home until told to stop."""
    asked = threading.Event()
    orphaned = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    lifeline.bind(ending=signal.SIGTERM)
    if keys.private:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command, which then lets go
        threading.Thread(target=_watch, args=(orphaned,), daemon=True).start()
    with only_keeper(home):
        keeper = Keeper(home, keys)
        if not keys.private:
            threading.Thread(target=_tend, args=(keeper, asked), daemon=True).start()
        try:
            server = Server(home, keeper)
            server.serve(lambda: asked.is_set() or (orphaned.is_set() and server.connected == 0))
        finally:
            keeper.close()


def _tend(keeper: Keeper, stop: threading.Event) -> None:
    while not stop.is_set():
        keeper.tend()
        stop.wait(TEND_EVERY)


def _watch(orphaned: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    orphaned.set()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
