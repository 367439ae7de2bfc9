"""The keeper's process: its keys by the pipe, one for one home, killed under load, stopped with grace."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from muniment.core.errors import MunimentError, NotAvailableError, RefusedError
from muniment.core.home import Home
from muniment.vault import client, handover, sealing, setup
from muniment.vault.content import pack_content
from muniment.vault.frames import Kind
from muniment.vault.keyring import UnlockedKeyring
from muniment.vault.messages import Receipt
from muniment.vault.sealing import Document
from tests.vault.firm import CHEAP, PASSPHRASE

Founded = tuple[Home, UnlockedKeyring, str]


@pytest.fixture
def founded(tmp_path: Path) -> Founded:
    home = Home(tmp_path / "home")
    founding, keyring = setup.create_installation(home, name="Firm", passphrase=PASSPHRASE, cost=CHEAP)
    return home, keyring, founding.organisation


def start(home: Home, keyring: UnlockedKeyring) -> "subprocess.Popen[bytes]":
    child = handover.spawn(
        [sys.executable, "-m", "muniment.vault.keeper.main", str(home.path)],
        keyring.keeper_keys(),
        stderr=subprocess.PIPE,
    )
    until = time.monotonic() + 30
    while time.monotonic() < until and child.poll() is None:
        try:
            client.doors(home).desk.status()
        except NotAvailableError:
            time.sleep(0.01)
        else:
            return child
    child.kill()
    raise AssertionError(child.communicate()[1])


@contextmanager
def running(founded: Founded) -> Iterator["subprocess.Popen[bytes]"]:
    child = start(*founded[:2])
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def seal(doors: client.Doors, organisation: str, original: bytes) -> Receipt:
    document = Document(Kind.RECORD, pack_content(b"{}", original))
    return doors.capture.seal(sealing.seal_batch(doors.capture.epoch(organisation), [document]))


def held(doors: client.Doors, organisation: str) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    after = -1
    while (batch := doors.index.next_batch(organisation, analyser="test", after=after, limit=500)).entries:
        found |= {entry.seq: entry.original for entry in batch.entries if entry.kind == 1}
        after = batch.last
    return found


def test_killed_at_random_under_load_it_keeps_all_that_it_acknowledged(founded: Founded) -> None:
    home, keyring, organisation = founded
    kept: dict[int, bytes] = {}
    for round_ in range(5):
        child = start(home, keyring)
        doors = client.doors(home)

        def load(name: int, doors: client.Doors = doors, round_: int = round_) -> None:
            for count in range(10_000):
                original = f"{round_}/{name}/{count}".encode()
                try:
                    kept[seal(doors, organisation, original).first] = original
                except MunimentError:
                    return

        threads = [threading.Thread(target=load, args=(name,)) for name in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(random.uniform(0.05, 0.3))
        child.kill()
        for thread in threads:
            thread.join()
        child.communicate()
        doors.close()
    with running(founded):
        found = held(client.doors(home), organisation)
    assert kept
    assert {seq: found.get(seq) for seq in kept} == kept


def test_sigterm_finishes_and_publishes(founded: Founded) -> None:
    home, _, organisation = founded
    with running(founded) as child:
        doors = client.doors(home)
        receipt = seal(doors, organisation, b"x")
        child.terminate()
        assert child.wait(20) == 0
    size = (home.vault(organisation) / "log" / "checkpoint").read_text().split("\n")[1]
    assert int(size) == receipt.first + 1
    assert not home.socket("desk").exists()
    with pytest.raises(NotAvailableError):
        doors.desk.status()


def test_a_second_keeper_is_refused(founded: Founded) -> None:
    home, keyring, _ = founded
    with running(founded):
        second = handover.spawn(
            [sys.executable, "-m", "muniment.vault.keeper.main", str(home.path)],
            keyring.keeper_keys(),
            stderr=subprocess.PIPE,
        )
        _, said = second.communicate(timeout=30)
        assert second.returncode == NotAvailableError.exit_status
        assert b"runs on" in said
        assert client.doors(home).desk.status().organisations


def test_without_keys_it_does_not_start(founded: Founded) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "muniment.vault.keeper.main", str(founded[0].path)],
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == NotAvailableError.exit_status
    assert b"without its keys" in done.stderr


def test_no_key_stands_in_its_arguments_or_environment_and_it_cannot_be_dumped(founded: Founded) -> None:
    home, keyring, organisation = founded
    secret = keyring.keeper_keys().organisations[0].ledger
    with running(founded) as child:
        process = Path("/proc") / str(child.pid)
        limits = (process / "limits").read_text()
        assert any(
            line.split()[:6] == ["Max", "core", "file", "size", "0", "0"] for line in limits.splitlines()
        )
        assert (process / "mem").stat().st_uid == 0
        seen = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        assert secret not in seen
        assert secret.hex().encode() not in seen
        assert client.doors(home).capture.epoch(organisation).public


def test_being_undumpable_is_a_property_of_the_process() -> None:
    code = (
        "import ctypes\nfrom muniment.vault.keeper import main\nmain.seclude()\n"
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b"0"


def test_threads_that_share_a_door_share_its_commits(founded: Founded) -> None:
    home, _, organisation = founded
    with running(founded):
        doors = client.doors(home)
        roots: list[bytes] = []

        def load() -> None:
            roots.extend(seal(doors, organisation, b"x").root for _ in range(40))

        threads = [threading.Thread(target=load) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(roots) == 320
        assert len(set(roots)) < 320  # a root is one commit's: fewer commits than batches
        assert len(held(doors, organisation)) == 320


def test_private_keeper_serves_and_goes(founded: Founded) -> None:
    home, _, organisation = founded
    with client.connect(home, PASSPHRASE) as doors:
        assert doors.desk.status().private
        seal(doors, organisation, b"x")
        process = doors.desk.status().process
        with client.connect(home, PASSPHRASE) as others:
            assert others.desk.status().process == process
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    with running(founded), client.connect(home, PASSPHRASE) as doors:
        assert not doors.desk.status().private
        assert held(doors, organisation)


def test_a_wrong_passphrase_is_refused_whether_a_keeper_runs_or_not(founded: Founded) -> None:
    home = founded[0]
    with pytest.raises(RefusedError), client.connect(home, b"wrong"):
        pass
    with running(founded), pytest.raises(RefusedError), client.connect(home, b"wrong"):
        pass


def test_a_private_keeper_outlives_a_command_that_was_killed_only_until_it_notices(founded: Founded) -> None:
    home = founded[0]
    code = (
        "import sys, time, json\nfrom pathlib import Path\nfrom muniment.core.home import Home\n"
        "from muniment.vault import client\n"
        f"with client.connect(Home(Path(sys.argv[1])), {PASSPHRASE!r}) as doors:\n"
        "    print(json.dumps(doors.desk.status().process), flush=True)\n    time.sleep(60)"
    )
    command = subprocess.Popen([sys.executable, "-c", code, str(home.path)], stdout=subprocess.PIPE)
    assert command.stdout is not None
    process = json.loads(command.stdout.readline())
    command.send_signal(signal.SIGKILL)
    command.communicate()
    until = time.monotonic() + 20
    while Path(f"/proc/{process}").exists() and time.monotonic() < until:
        if Path(f"/proc/{process}/stat").read_text().split()[2] == "Z":
            break  # nobody but us is there to reap it
        time.sleep(0.05)
    else:
        assert not Path(f"/proc/{process}").exists()
    with client.connect(home, PASSPHRASE) as doors:
        assert doors.desk.status().process != process
