"""The librarian as a process: `python -m muniment.search.main HOME`, its keys by the inherited pipe."""

import os
import resource
import signal
import sys
import threading
from pathlib import Path

from muniment.core import lifeline, parting
from muniment.core.errors import MunimentError
from muniment.core.home import Home
from muniment.search.index.memory import memory_directory
from muniment.search.librarian.desk import Desk
from muniment.search.librarian.messages import IntakeRequest, QueryRequest
from muniment.search.librarian.server import Socket
from muniment.vault.client import IndexDoor
from muniment.vault.handover import LibrarianKeys, receive


def run(home: Home, keys: LibrarianKeys) -> None:
    """Serve until SIGTERM or SIGINT; then remove everything from memory."""
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # in every thread: they wait for `sigwait` below
    lifeline.bind(ending=signal.SIGTERM)  # not SIGKILL: what is in memory is to be removed
    memory = memory_directory(isolate=True)
    desk = Desk(home, memory.path, keys.index, IndexDoor(home.socket("index")))
    try:
        for damage in desk.open_all():
            print(damage, file=sys.stderr)  # noqa: T201 - it names a file, and the supervisor keeps it in the log
        parted = parting.of(home)
        sockets = (
            Socket(home.socket("librarian"), QueryRequest.__value__, desk.answer_query, parted),
            Socket(home.socket("librarian-intake"), IntakeRequest.__value__, desk.answer_intake, parted),
        )
        for each in sockets:
            threading.Thread(target=each.serve, daemon=True).start()
        signal.sigwait(ends)
        for each in sockets:
            each.close()
    finally:
        desk.close()
        memory.close()


def main() -> None:
    """Entry point of the child process."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the index in clear
    try:
        run(Home(Path(sys.argv[1])), receive(LibrarianKeys))
    except MunimentError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the supervisor writes it to the log
        sys.exit(error.exit_status)


if __name__ == "__main__":
    main()
