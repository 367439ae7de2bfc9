"""The index's memory is private and goes with its process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from muniment.search.index.memory import SHARED_MEMORY, memory_directory

PROGRAM = """
import sys, os
from muniment.search.index.memory import memory_directory
memory = memory_directory(isolate=sys.argv[1] == "isolate")
(memory.path / "words").write_text("nightjar")
print(memory.path, memory.isolated, os.getuid(), flush=True)
if sys.stdin.readline().strip() == "close":
    memory.close()
"""


def start(how: str) -> tuple["subprocess.Popen[str]", Path, bool, int]:
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, how], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    path, isolated, user = child.stdout.readline().split()
    return child, Path(path), isolated == "True", int(user)


def end(child: "subprocess.Popen[str]") -> None:
    child.communicate("close\n")
    assert child.returncode == 0


def test_nobody_else_sees_what_is_in_it() -> None:
    child, path, isolated, user = start("isolate")
    assert user == os.getuid()
    assert path.stat().st_mode & 0o777 == 0o700
    if isolated:
        assert not list(path.iterdir())
    end(child)
    assert not path.exists()


def test_without_isolation_it_is_still_private_and_removed() -> None:
    child, path, isolated, _ = start("share")
    assert not isolated
    assert (path / "words").read_text() == "nightjar"
    assert path.stat().st_mode & 0o777 == 0o700
    end(child)
    assert not path.exists()


def test_what_a_killed_librarian_left_the_next_one_removes() -> None:
    child, path, _, _ = start("share")
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert path.exists()
    alive, other, _, _ = start("share")
    memory = memory_directory(isolate=False)
    assert not path.exists()
    assert other.exists()
    memory.close()
    end(alive)


def test_it_is_memory_and_not_disk() -> None:
    memory = memory_directory(isolate=False)
    assert memory.path.parent == SHARED_MEMORY
    mounts = Path("/proc/mounts").read_text().splitlines()
    assert any(line.split()[1:3] == [str(SHARED_MEMORY), "tmpfs"] for line in mounts)
    memory.close()
