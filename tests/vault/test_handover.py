"""The hand-over: keys arrive by the inherited pipe and stand nowhere else."""

import subprocess
import sys

import pytest

from muniment.core.errors import NotAvailableError
from muniment.vault import handover
from muniment.vault.handover import CaptureKeys, KeeperKeys, LibrarianKeys, WebKeys

KEYS = LibrarianKeys({"org_a": b"\x07" * 32})
CHILD = (
    "import os, sys\nfrom muniment.vault import handover\n"
    "keys = handover.receive(getattr(handover, sys.argv[1]))\n"
    "print(repr(keys), os.environ.get(handover.VARIABLE), len(os.listdir('/proc/self/fd')))"
)


def child(kind: str, keys: handover.KeyHandover) -> "subprocess.CompletedProcess[bytes]":
    process = handover.spawn(
        [sys.executable, "-c", CHILD, kind], keys, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, said = process.communicate(timeout=30)
    return subprocess.CompletedProcess([], process.returncode, out, said)


def test_a_child_gets_its_keys_once() -> None:
    done = child("LibrarianKeys", KEYS)
    assert done.stdout.decode().startswith(f"{KEYS!r} None 4"), done


def test_more_keys_than_a_pipe_holds() -> None:
    many = LibrarianKeys({f"org_{n}": bytes(32) for n in range(5000)})
    assert child("LibrarianKeys", many).stdout.count(b"org_") == 5000


def test_another_processs_keys_are_not_taken() -> None:
    for keys in (CaptureKeys(), WebKeys(b"", "", b""), KeeperKeys(())):
        done = child("LibrarianKeys", keys)
        assert done.returncode
        assert b"cannot be read" in done.stderr


def test_without_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in ("", "x", "-1", "999"):
        monkeypatch.setenv(handover.VARIABLE, number)
        with pytest.raises(NotAvailableError):
            handover.receive(LibrarianKeys)


def test_a_program_that_is_not_there_leaves_no_pipe_open() -> None:
    with pytest.raises(FileNotFoundError):
        handover.spawn(["/no/such/program"], KEYS)
