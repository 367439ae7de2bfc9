"""Tables as this version wants them, before any process of a `serve` uses them.

It runs in a process of its own, so that the supervisor neither loads Django nor holds its connections.
"""

import os
import subprocess
import sys
from pathlib import Path

import msgspec

from muniment.core import lifeline
from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from muniment.core.parting import Parting
from muniment.processes.handover import key_pipe
from muniment.vault.handover import WorkerKeys, receive

NAME = "tables"


def bring_up_to_date(home: Home, keys: WorkerKeys, parted: Parting | None = None) -> None:
    """Make what an earlier version's tables lack; NotAvailableError, and nothing started, if that fails.

    Where processes are parted by user it runs as the worker would, whose keys it has.
    """
    log = home.logs / f"{NAME}.log"
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        with key_pipe(msgspec.msgpack.encode(keys)) as (inherited, added):
            done = subprocess.run(
                [sys.executable, "-m", "muniment.processes.child", NAME, str(home.path)],
                env={**os.environ, lifeline.PARENT_VARIABLE: str(os.getpid()), **added},
                pass_fds=inherited,
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                check=False,
                user=parted.others if parted else None,
                group=parted.group if parted else None,
                extra_groups=() if parted else None,
            )
    finally:
        os.close(descriptor)
    if done.returncode != 0:
        raise NotAvailableError("The catalogue could not be brought up to date.", remedy=f"See {log}.")


def main(arguments: list[str]) -> None:
    """Entry point of the child: the home's path is its argument, its keys come by the inherited pipe."""
    from muniment.web import installation  # noqa: PLC0415  slow to load, and only wanted here

    home = Home(Path(arguments[0]))
    keys = receive(WorkerKeys)
    installation.start(home, keys)
    installation.prepare_tables(home)
