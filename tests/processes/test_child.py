"""The common beginning of every child."""

import importlib
import os
import subprocess
import sys

import pytest

from muniment.processes.child import ENTRIES


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_every_entry_is_there(name: str) -> None:
    module, _, function = ENTRIES[name].partition(":")
    if name == "web":
        assert importlib.util.find_spec(module) is not None  # it wants settings to be imported
        return
    assert callable(getattr(importlib.import_module(module), function))


@pytest.mark.parametrize("name", ["keeper", "librarian", "worker", "web"])
def test_without_its_keys_it_ends_and_says_so(name: str, tmp_path: object) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "MUNIMENT_KEYS_FD"}
    ended = subprocess.run(
        [sys.executable, "-m", "muniment.processes.child", name, str(tmp_path)],
        env={**environment, "MUNIMENT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 4, ended.stderr
    assert "without its keys" in ended.stderr


def test_it_ends_with_its_parent() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "muniment.processes.child", "keeper", "/nowhere"],
        env={**os.environ, "MUNIMENT_PARENT": "1"},
        check=False,
        timeout=60,
    )
    assert ended.returncode == 4
