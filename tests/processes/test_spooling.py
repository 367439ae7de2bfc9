"""The process that takes recordings from folders, on a real keeper."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from muniment.capture.files.held import key_of
from muniment.core.home import Home
from muniment.vault import setup
from muniment.vault.client import connect
from muniment.vault.handover import SpoolKeys, spawn
from muniment.vault.keyring import UnlockedKeyring
from tests.capture.calls.spool.samples import sound
from tests.vault.firm import CHEAP

PASSPHRASE = b"correct horse"


@pytest.fixture
def founded(tmp_path: Path) -> tuple[Home, UnlockedKeyring, Path]:
    home, folder = Home(tmp_path / "home"), tmp_path / "spool"
    folder.mkdir()
    _, keyring = setup.create_installation(home, name="Firm", passphrase=PASSPHRASE, cost=CHEAP)
    home.settings.write_text(
        f'[[calls.spool]]\norganisation = "{keyring.organisations[0]}"\npath = "{folder}"\nevery = 1\nrest = 0\n'
        'patience = 0\nafter = "remove"\n'
    )
    return home, keyring, folder


def test_a_recording_is_gone_from_the_folder_once_it_is_sealed(
    founded: tuple[Home, UnlockedKeyring, Path],
) -> None:
    home, keyring, folder = founded
    (folder / "a.wav").write_bytes(sound(1))
    os.utime(folder / "a.wav", (1, 1))
    keys = SpoolKeys({each: key_of(keyring.index_key(each)) for each in keyring.organisations})
    with connect(home, PASSPHRASE) as doors:
        command = [sys.executable, "-m", "muniment.processes.child", "spool", str(home.path)]
        child = spawn(command, keys, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 30
            while (folder / "a.wav").exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            assert not (folder / "a.wav").exists()
            assert sum(each.records for each in doors.desk.status().organisations) == 1
            child.send_signal(signal.SIGTERM)
            assert child.wait(10) == 0
        finally:
            child.kill()
            child.wait()
