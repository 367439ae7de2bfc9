"""A librarian for one command: started where none runs, left alone where one does."""

import subprocess
import sys
import time
from pathlib import Path

from muniment.core.home import Home
from muniment.search.client import Librarian
from muniment.search.private import answers, private_librarian
from muniment.vault import setup
from muniment.vault.keeper.lock import only_keeper
from tests.search.running import running_at
from tests.vault.firm import CHEAP, PASSPHRASE, Firm


def test_one_is_started_and_ended(firm: Firm) -> None:
    assert not answers(firm.home)
    with private_librarian(firm.home, firm.keyring.librarian_keys()), Librarian(firm.home) as librarian:
        assert librarian.state(firm.organisation).watermark == -1
    assert not answers(firm.home)
    assert not list(Path(firm.home.path, "run").glob("librarian*"))


def test_one_that_runs_is_used_and_left_running(firm: Firm) -> None:
    with running_at(firm) as running:
        with private_librarian(firm.home, firm.keyring.librarian_keys()):
            assert answers(firm.home)
        assert answers(firm.home)
        assert running.process.poll() is None


COMMAND = """
import sys, time
from pathlib import Path
from muniment.core.home import Home
from muniment.search.private import private_librarian
from muniment.vault.client import connect
from muniment.vault.keyring import Keyring
home = Home(Path(sys.argv[1]))
passphrase = sys.stdin.buffer.read()
with connect(home, passphrase), private_librarian(home, Keyring.unlock(home, passphrase).librarian_keys()):
    print("ready", flush=True)
    time.sleep(600)
"""


def children(process: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = status.read_text()
        except OSError:
            continue
        if int(text.rpartition(")")[2].split()[1]) == process:
            found.append(int(status.parent.name))
    return found


def ended(process: int) -> bool:
    """Whether it has gone, or is only waiting for whoever adopted it to look."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_command_that_is_killed_leaves_neither_keeper_nor_librarian(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    setup.create_installation(home, name="Firm", passphrase=PASSPHRASE, cost=CHEAP)
    command = subprocess.Popen(
        [sys.executable, "-c", COMMAND, home.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert command.stdin is not None
    assert command.stdout is not None
    with command.stdin:
        command.stdin.write(PASSPHRASE)
    assert command.stdout.readline() == b"ready\n"
    started = children(command.pid)
    assert len(started) == 2
    command.kill()
    command.wait()
    until = time.monotonic() + 30
    while not all(map(ended, started)) and time.monotonic() < until:
        time.sleep(0.05)
    assert [process for process in started if not ended(process)] == []
    with only_keeper(home):
        pass
