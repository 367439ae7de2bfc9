"""Separation level 1 holds: the keeper's memory and keyring are its own user's, the rest the others'."""

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.parted import KEEPER, OTHERS, STRANGER
from tests.installations import environment
from tests.project.tree import ROOT

DENIED = ("PermissionError", "PermissionError", "PermissionError")
EXPECTED = {  # by the keeper's user, the others', a stranger
    "read the keyring": ("done", *DENIED[:2]),
    "read a pack": ("done", "done", "PermissionError"),
    "write a pack": ("done", *DENIED[:2]),
    "read the catalogue": ("PermissionError", "done", "PermissionError"),
    "read the keeper's memory": DENIED,
    "read the pages' memory": ("PermissionError", "done", "PermissionError"),
    "speak to the keeper": ("done", "done", "PermissionError"),
    "speak to the librarian": ("done", "done", "PermissionError"),
    "take the keeper's place": ("done", *DENIED[:2]),
}


@pytest.fixture(scope="module")
def facts() -> Iterator[dict[str, object]]:
    if os.geteuid() != 0:
        pytest.skip("This machine's user is not root, who alone can start processes of other users.")
    where = Path(tempfile.mkdtemp(prefix="m1-"))  # short, and open to all, unlike pytest's own
    where.chmod(0o755)
    try:
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-ec", script(where)],
            env=environment() | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )
        assert done.returncode == 0, done.stderr
        yield json.loads(done.stdout)
    finally:
        shutil.rmtree(where)


def script(where: Path) -> str:
    """Shell that opens the way to Python and this project for all users, in its own namespace, and runs it."""
    needed = {Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), ROOT}
    closed = {path: top for path in needed if (top := shut(path))}
    lines = ["mount --make-rprivate /"]
    for number, path in enumerate(closed):
        lines += [f"mkdir -p {where}/way/{number}", f"mount --bind {path} {where}/way/{number}"]
    lines += [f"mount -t tmpfs -o mode=755 tmpfs {top}" for top in sorted(set(closed.values()))]
    for number, path in enumerate(closed):
        lines += [f"mkdir -p {path}", f"mount --bind {where}/way/{number} {path}"]
    return "\n".join([*lines, f"exec {sys.executable} -m tests.faults.parted {where}/in"])


def shut(path: Path) -> Path | None:
    """The uppermost folder on the way to `path` that not everybody may enter."""
    return next((up for up in reversed((path, *path.parents)) if not up.stat().st_mode & stat.S_IXOTH), None)


def test_each_process_runs_as_its_user(facts) -> None:
    assert facts["users"] == dict.fromkeys(
        ("keeper", "smtp", "librarian", "worker", "steward", "web"), OTHERS
    ) | {"keeper": KEEPER}


@pytest.mark.parametrize("act", EXPECTED)
def test_each_can_do_its_own_and_no_more(facts, act: str) -> None:
    assert facts["tried"][act] == dict(zip((KEEPER, OTHERS, STRANGER), EXPECTED[act], strict=True))


def test_doctor_says_level_one(facts) -> None:
    (found,) = [each for each in facts["doctor"]["findings"] if each["subject"] == "Separation"]
    assert found["says"].startswith(("Level 1.", "Level 0. The keeper has a user of its own"))


def test_anchoring_writes_what_it_is_told(facts) -> None:
    """The anchor goes into the vault by the keeper; that the other witness is away, the worker remembers."""
    anchors = facts["anchors"]
    assert (anchors["kept by"], anchors["told by"]) == ([KEEPER], OTHERS)
    (said,) = anchors["doctor"]
    assert "from near" in said
    assert "away: " in said


def test_commands_of_root_work_while_it_runs_and_after(facts) -> None:
    assert [report["records"] for report in facts["reports"]] == [1, 1, 2]
    assert not any(report["faults"] for report in facts["reports"])
