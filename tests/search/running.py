"""A firm whose keeper and librarian run as processes of their own, as under `muniment serve`."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from muniment.search.client import Librarian, LibrarianIntake
from muniment.search.private import answers
from muniment.vault import client, handover
from muniment.vault.client import Doors
from tests.vault.firm import Firm


class Running:
    """The processes and the doors to them."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm
        firm.keeper.close()
        self.keeper = self._spawn("muniment.vault.keeper.main", firm.keyring.keeper_keys())
        self.doors: Doors = client.doors(firm.home)
        wait_for(self.doors.desk.status)
        self.start_librarian()
        self.librarian, self.intake = Librarian(firm.home), LibrarianIntake(firm.home)

    def start_librarian(self) -> None:
        self.process = self._spawn("muniment.search.main", self.firm.keyring.librarian_keys())
        wait_for(lambda: answers(self.firm.home) or 1 / 0)

    def stop(self) -> None:
        for door in (self.librarian, self.intake):
            door.close()
        self.doors.close()
        for process in (self.process, self.keeper):
            process.terminate()
            process.wait(timeout=20)

    def _spawn(self, module: str, keys: handover.KeyHandover) -> "subprocess.Popen[bytes]":
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        return handover.spawn(
            [sys.executable, "-m", module, str(self.firm.home.path)], keys, environment=environment
        )


def wait_for(asked) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            asked()
        except Exception:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


@contextmanager
def running_at(firm: Firm) -> Iterator[Running]:
    made = Running(firm)
    try:
        yield made
    finally:
        made.stop()
