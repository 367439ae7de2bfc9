"""`kill -9` of any process at any moment under load: what was answered 250 is there, byte for byte.

The load is a mail server: it tries each message again until it hears 250. A victim is drawn, at a drawn
moment, fifty times; sometimes the supervisor itself, or a process that has only just been started.
Draw the same again with MUNIMENT_TEST_SEED.
"""

import os
import random
import smtplib
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psutil
import pytest
from sqlcipher3 import dbapi2

from muniment.core.errors import MunimentError
from muniment.search.client import Librarian
from muniment.vault.client import doors
from muniment.vault.content import unpack_content
from muniment.vault.frames import Kind
from muniment.vault.keyring import Keyring
from muniment.vault.sealing import agreed_key, open_entry, unwrap_with
from muniment.vault.store import Store
from tests.installations import MUNIMENT, PASSPHRASE, Installation, environment, found, until

ROUNDS = 50
SENDERS = 3
WEIGHTS = {"keeper": 5, "smtp": 4, "worker": 3, "librarian": 2, "web": 2, "supervisor": 1}
PAUSE = 0.01  # seconds between two messages of one sender
VERIFY_EVERY = 12


@dataclass
class Load:
    """Senders that do what a mail server does, and remember what was answered 250."""

    port: int
    seed: int
    kept: list[bytes] = field(default_factory=list)
    tried_again: int = 0

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._send_all, args=(n,)) for n in range(SENDERS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _send_all(self, sender: int) -> None:
        chance = random.Random(f"{self.seed}/{sender}")
        number, waiting = 0, message(chance, sender, 0)
        while not self._stop.is_set():
            with (
                suppress(OSError, smtplib.SMTPException),
                smtplib.SMTP("127.0.0.1", self.port, timeout=20) as server,
            ):
                while not self._stop.is_set():
                    server.sendmail("server@firm.example", ["journal@firm.example"], waiting)
                    self.kept.append(waiting)
                    number += 1
                    waiting = message(chance, sender, number)
                    time.sleep(PAUSE)
            self.tried_again += 1
            time.sleep(5 * PAUSE)


def message(chance: random.Random, sender: int, number: int) -> bytes:
    """A message unlike any other."""
    filling = chance.randbytes(chance.choice([10, 200, 3000, 20000])).hex()
    lines = "\r\n".join(filling[at : at + 76] for at in range(0, len(filling), 76))
    return (
        f"Message-ID: <{sender}.{number}@firm.example>\r\nSubject: number {number} of {sender}\r\n"
        f"From: sender{sender}@firm.example\r\nTo: ann@firm.example\r\n\r\n{lines}\r\n"
    ).encode()


class Machine:
    """An installation that is started again whenever it has ended, as an init system would."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.said = (installation.home.path.parent / "said").open("ab")
        self.start()

    def start(self) -> None:
        words = ("serve", "--home", self.installation.home.path)
        secret = ("--passphrase-file", self.installation.passphrase_file)
        self.process = subprocess.Popen(
            [*MUNIMENT, *map(str, (*words, *secret))],
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=self.said,
            stderr=self.said,
        )

    def alive(self) -> None:
        if self.process.poll() is not None:
            self.start()

    def children(self) -> dict[str, list[psutil.Process]]:
        """The processes of each child that runs: its leader, and what that has started."""
        found: dict[str, list[psutil.Process]] = {}
        with suppress(psutil.Error):
            for one in psutil.Process(self.process.pid).children():
                with suppress(psutil.Error):
                    words = one.cmdline()
                    name = words[words.index("muniment.processes.child") + 1] if len(words) > 3 else ""
                    found[name] = [one, *one.children(recursive=True)]
        return found

    def kill(self, chance: random.Random) -> str:
        """Kill a child, one of its own children, or the supervisor; what was killed, or nothing."""
        groups = {**self.children(), "supervisor": []}
        [victim] = chance.choices([*groups], [WEIGHTS.get(name, 1) for name in groups])
        if victim == "supervisor":
            self.process.kill()
            self.process.wait()
            return victim
        chosen = chance.choice(groups[victim])
        with suppress(psutil.NoSuchProcess):
            chosen.kill()
            return victim if chosen is groups[victim][0] else f"a child of {victim}"
        return ""

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(60)


@pytest.fixture
def seed() -> int:
    drawn = int(os.environ.get("MUNIMENT_TEST_SEED") or random.SystemRandom().randrange(10**9))
    print(f"MUNIMENT_TEST_SEED={drawn}")
    return drawn


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(found(tmp_path))
    try:
        yield made
    finally:
        family = [each for group in made.children().values() for each in group]
        with suppress(psutil.Error):
            made.process.kill()
            made.process.wait()
        psutil.wait_procs(family, 10)


def faults(machine: Machine, *words: str) -> object:
    return machine.installation.verify(*words)["faults"]


def go_on(machine: Machine, load: Load, messages: int) -> None:
    """Wait until so many more have been kept, starting the machine again whenever it has ended."""
    wanted = len(load.kept) + messages

    def kept() -> bool:
        machine.alive()
        return len(load.kept) > wanted

    until(kept, seconds=120)


def worse_than_torn(machine: Machine) -> list[object]:
    """Faults while a keeper may be down: what it did not finish is cut when it starts."""
    found = faults(machine)
    assert isinstance(found, list)
    return [fault for fault in found if fault["kind"] != "torn-tail"]


@pytest.mark.timeout(600)  # fifty starts: a busy machine takes its time
def test_nothing_that_was_answered_is_lost(machine: Machine, seed: int) -> None:
    chance, killed = random.Random(seed), list[str]()
    installation = machine.installation
    with Load(installation.mail_port, seed) as load:
        until(lambda: len(load.kept) > 10, seconds=120)
        while len(killed) < ROUNDS:
            time.sleep(chance.choice([0.02, 0.3, 0.8]) * chance.random())
            if victim := machine.kill(chance):
                killed.append(victim)
            machine.alive()
            if len(killed) % VERIFY_EVERY == VERIFY_EVERY - 1:
                assert worse_than_torn(machine) == [], killed
            go_on(machine, load, chance.choice([0, 0, 20]))
        go_on(machine, load, 20)
    print(f"{len(load.kept)} messages kept, {load.tried_again} tries failed; killed: {killed}")
    caught_up(machine)
    assert machine.stop() == 0
    assert faults(machine) == []
    assert faults(machine, *installation.deep()) == []
    held = originals(installation)
    assert len(load.kept) == len(set(load.kept)) > ROUNDS
    assert [each[:60] for each in load.kept if each not in held] == []
    assert rows(installation) == (records(installation), 0)


def caught_up(machine: Machine) -> None:
    """Wait until catalogue and index know every entry."""
    installation = machine.installation

    def known() -> bool:
        machine.alive()
        try:
            with Librarian(installation.home) as librarian:
                state = librarian.state(installation.organisation)
        except MunimentError:
            return False
        size = status(installation)
        return size[0] == state.watermark + 1 and size[1] == state.records

    until(known, seconds=100, pause=0.3)


def status(installation: Installation) -> tuple[int, int]:
    with doors(installation.home).desk as desk:
        try:
            [organisation] = desk.status().organisations
        except MunimentError:
            return (-1, -1)
        return organisation.size, organisation.records


def originals(installation: Installation) -> set[bytes]:
    """Every record's original bytes, read from the packs with the keys."""
    ring = Keyring.unlock(installation.home, PASSPHRASE)
    organisation, found = installation.organisation, set()
    with Store.open(installation.home.vault(organisation), organisation, None, read_only=True) as store:
        agreed: dict[int, bytes] = {}
        for entry in store.entries(0, store.size - 1):
            if entry.kind is not Kind.RECORD:
                continue
            slot = store.slot(entry.seq)
            batch = store.batch(slot.batch)
            if slot.batch not in agreed:
                private = ring.epoch_private(organisation, slot.epoch)
                agreed[slot.batch] = agreed_key(private, organisation, slot.epoch, batch.ephemeral)
            key = unwrap_with(agreed[slot.batch], entry.seq - batch.first, entry.id, slot.wrapped)
            plain = open_entry(key, entry.head, entry.commitment, entry.ciphertext)
            found.add(unpack_content(plain)[1])
    return found


def records(installation: Installation) -> int:
    organisation = installation.organisation
    with Store.open(installation.home.vault(organisation), organisation, None, read_only=True) as store:
        return sum(entry.kind is Kind.RECORD for entry in store.entries(0, store.size - 1))


def rows(installation: Installation) -> tuple[int, int]:
    """How many records the catalogue has, and how many of them it calls unreadable."""
    key = Keyring.unlock(installation.home, PASSPHRASE).catalogue_key()
    connection = dbapi2.connect(str(installation.home.catalogue))
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    [(count, unreadable)] = connection.execute(
        "SELECT count(*), count(nullif(unreadable, '')) FROM catalogue_record"
    )
    connection.close()
    return int(count), int(unreadable)
