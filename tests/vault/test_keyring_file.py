"""The keyring is changed whole, by one at a time."""

import threading
from pathlib import Path

import msgspec

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
