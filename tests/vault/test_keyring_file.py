"""The keyring is changed whole, by one at a time."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest

from muniment.core.errors import FaultFoundError
from muniment.core.home import Home
from muniment.vault import keyring_file
from muniment.vault.keyring import Keyring
from muniment.vault.keyring_file import KeyringFile
from tests.vault.firm import CHEAP


def test_changes_of_many_do_not_undo_one_another(tmp_path: Path) -> None:
    home = Home(tmp_path)
    Keyring.create(home, b"passphrase", cost=CHEAP)

    def add(name: str) -> None:
        def change(file: KeyringFile) -> KeyringFile:
            return msgspec.structs.replace(file, system={**file.system, name: b"x"})

        keyring_file.change(home, change)

    threads = [threading.Thread(target=add, args=(f"key{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {f"key{n}" for n in range(8)} <= set(keyring_file.read(home).system)


def test_what_was_replaced_is_overwritten_also_after_a_crash(tmp_path: Path) -> None:
    """Stopped before any of its system calls, a change leaves one keyring that counts, and `tidy` the rest of it."""
    for step in range(40):
        home = Home(tmp_path / str(step))
        Keyring.create(home, b"passphrase", cost=CHEAP)
        before, old = keyring_file.read(home), home.keyring.open("rb")
        finished = _change_stopped_at(home, step)
        after = keyring_file.read(home)
        assert after in _states(before)
        keyring_file.tidy(home)
        assert keyring_file.read(home) == after
        assert sorted(path.name for path in home.keyring.parent.iterdir()) in (
            ["keyring"],
            ["keyring", "keyring.lock"],
        )
        if after != before:
            assert set(old.read()) == {0}
        old.close()
        if finished:
            assert after != before
            return
    raise AssertionError("the change never came to its end")


def _states(before: KeyringFile) -> tuple[KeyringFile, KeyringFile]:
    return before, msgspec.structs.replace(before, version=7)


def _change_stopped_at(home: Home, step: int) -> bool:
    """Change in a process of its own that ends before the given system call; whether it came to its end."""
    done = subprocess.run([sys.executable, "-c", _STOPPED, str(home.path), str(step)], check=False)
    assert done.returncode in {0, 3}
    return done.returncode == 0


_STOPPED = """
import os, sys
from pathlib import Path
import msgspec
import pytest
from muniment.core.errors import FaultFoundError
from muniment.core.home import Home
from muniment.vault import keyring_file

calls = iter(range(1000))

def audited(event, _arguments):
    if event in {"open", "os.rename", "os.link", "os.remove"} and next(calls) == int(sys.argv[2]):
        os._exit(3)

sys.addaudithook(audited)
keyring_file.change(Home(Path(sys.argv[1])), lambda file: msgspec.structs.replace(file, version=7), shred=True)
os._exit(0)
"""


def test_a_keyring_of_the_first_version_is_read_and_becomes_one_of_the_second(tmp_path: Path) -> None:
    home = Home(tmp_path)
    ring = Keyring.create(home, b"passphrase", cost=CHEAP)
    ring.add_organisation("org_a")
    now = json.loads(home.keyring.read_text())
    master = now.pop("master")
    first = {**now, "version": 1, "cost": master["cost"], "salt": master["salt"], "master": master["wrapped"]}
    home.keyring.write_text(json.dumps(first))
    again = Keyring.unlock(home, b"passphrase")
    assert again.keeper_keys() == ring.keeper_keys()
    again.add_organisation("org_b")
    assert json.loads(home.keyring.read_text())["version"] == keyring_file.VERSION
    assert Keyring.unlock(home, b"passphrase").organisations == ("org_a", "org_b")


def test_a_keyring_that_is_destroyed_while_it_is_read_is_not_the_one_that_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    Keyring.create(home, b"passphrase", cost=CHEAP)
    parse, seen = keyring_file.parse, list[bytes]()

    def late(data: bytes) -> KeyringFile:
        """Between opening the file and reading it, another takes its place, and it is overwritten."""
        if not seen:
            seen.append(data)
            keyring_file.write(home, parse(data))
            data = bytes(len(data))
        return parse(data)

    monkeypatch.setattr(keyring_file, "parse", late)
    assert keyring_file.read(home) == parse(seen[0])
    home.keyring.write_bytes(bytes(100))
    with pytest.raises(FaultFoundError, match="damaged"):
        keyring_file.read(home)
