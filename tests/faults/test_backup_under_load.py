"""While mail pours in and epochs turn, backups are taken: each restores whole, with all that came before it."""

import threading
from pathlib import Path

from muniment.core import clock
from muniment.core.errors import StaleKeyError
from muniment.core.home import Home
from muniment.vault import client, setup
from muniment.vault.backup.making import Plan, make
from muniment.vault.backup.restoring import Choice, restore
from muniment.vault.faults import FaultKind
from muniment.vault.verify import verify
from tests.vault.firm import CHEAP, PASSPHRASE
from tests.vault.keeper.test_main import held, running, seal


def test_each_backup_restores_all_that_was_acknowledged_before_it(tmp_path: Path) -> None:
    home, where = Home(tmp_path / "home"), tmp_path / "backup"
    founding, keyring = setup.create_installation(home, name="Firm", passphrase=PASSPHRASE, cost=CHEAP)
    organisation = founding.organisation
    kept: dict[int, bytes] = {}
    states: list[tuple[str, dict[int, bytes]]] = []
    with running((home, keyring, organisation)):
        stop = threading.Event()

        def load(name: int) -> None:
            doors, count = client.doors(home), 0
            while not stop.is_set():
                count += 1
                original = f"{name}/{count}".encode() * 50
                try:
                    kept[seal(doors, organisation, original).first] = original
                except StaleKeyError:
                    continue
            doors.close()

        threads = [threading.Thread(target=load, args=(name,)) for name in range(2)]
        for thread in threads:
            thread.start()
        with client.doors(home).desk as desk:
            for _ in range(3):
                before = dict(kept)
                plan = Plan(home, (organisation,), lambda path: path.touch())
                states.append((make(where, desk, plan, clock.seconds()).generation, before))
                desk.turn_epoch(organisation)
        stop.set()
        for thread in threads:
            thread.join()
    report = verify(
        home.vault(organisation), organisation, keys=lambda n: keyring.epoch_private(organisation, n)
    )
    # The keeper was killed: what it was about to publish may lie aside.
    assert [fault for fault in report.faults if fault.kind != FaultKind.TORN_TAIL] == []
    generation, before = states[-1]
    restored = restore(where, Home(tmp_path / "restored"), PASSPHRASE, Choice(generation=generation))
    assert restored.faults == ()
    assert before
    with client.connect(Home(tmp_path / "restored"), PASSPHRASE) as doors:
        found = held(doors, organisation)
    assert {seq: found.get(seq) for seq in before} == before
