"""A process that has shut itself in can compute, and do nothing else."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from muniment.core import confinement
from muniment.core.confinement import LANDLOCK, SECCOMP

ACTS = {
    "computing": "sum(range(10))",
    "an import": "__import__('encodings.cp1252') and __import__('colorsys')",
    "a file of somebody": "open({file!r}).read()",
    "a list of the home": "__import__('os').listdir({folder!r})",
    "a new file": "open({new!r}, 'w')",
    "a program": "__import__('os').execv('/bin/true', ['true'])",
    "a process": "__import__('os').fork()",
    "a socket": "__import__('socket').socket()",
    "a pair of sockets": "__import__('socket').socketpair()",
    "a signal": "__import__('os').kill({parent}, 0)",
    "a file in memory": "__import__('os').memfd_create('x')",
}
ALLOWED = {"computing", "an import"}


@pytest.fixture
def attempt(tmp_path: Path):
    (tmp_path / "file").write_text("somebody's")
    places = {
        "file": str(tmp_path / "file"),
        "folder": str(tmp_path),
        "new": str(tmp_path / "new"),
        "parent": os.getpid(),
    }

    def run(act: str, *, shut_in: bool) -> str:
        confine = "from muniment.core import confinement; confinement.shut_in()" if shut_in else ""
        code = f"{confine}\ntry:\n    {ACTS[act].format(**places)}\nexcept OSError as e:\n    print(type(e).__name__)"
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            check=False,
        )
        assert not done.stderr
        return done.stdout.strip()

    return run


@pytest.mark.skipif(
    confinement.possible() != (LANDLOCK, SECCOMP), reason="This machine's kernel has no Landlock or seccomp."
)
@pytest.mark.parametrize("act", ACTS)
def test_nothing_but_computing_is_left(attempt, act: str) -> None:
    assert attempt(act, shut_in=False) == ""
    assert attempt(act, shut_in=True) == ("" if act in ALLOWED else "PermissionError")


def test_what_is_possible_is_what_then_holds() -> None:
    code = "from muniment.core import confinement; print(confinement.shut_in() == confinement.possible())"
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    assert subprocess.check_output([sys.executable, "-c", code], env=environment, text=True) == "True\n"


def test_this_process_stays_free() -> None:
    confinement.possible()
    socket.socket().close()
