"""Missing, old, contradicted, well: what a person is told of the anchors, and that an alarm outlives a restart."""

from pathlib import Path

import pytest

from muniment.core.home import Home
from muniment.vault.anchors.standing import Light, Trouble, read_troubles, standing, write_troubles
from muniment.vault.store import Store
from tests.vault.conftest import ORGANISATION, Keys

DAY = 24 * 3600
NOW = 1_800_000_000


@pytest.fixture
def anchored_home(tmp_path: Path, keys: Keys) -> Home:
    home = Home(tmp_path)
    with Store.create(home.vault(ORGANISATION), ORGANISATION, keys.signer) as store:
        store.commit([keys.records(b"one")])
        store.publish()
        store.keep_anchor(store.checkpoint_text, b"token", "authority", "tsr", NOW)
    return home


def grow(home: Home, keys: Keys) -> None:
    with Store.open(home.vault(ORGANISATION), ORGANISATION, keys.signer) as store:
        store.commit([keys.records(b"two")])
        store.publish()


def light(home: Home, now: int) -> Light:
    return standing(home, ORGANISATION, limit=DAY, now=now).light


def test_nothing_outside_is_said_as_it_is(tmp_path: Path, keys: Keys):
    home = Home(tmp_path)
    Store.create(home.vault(ORGANISATION), ORGANISATION, keys.signer).close()
    found = standing(home, ORGANISATION, limit=DAY, now=NOW)
    assert found.light is Light.MISSING
    assert "Anchor missing" in found.says(NOW)


def test_an_old_anchor_of_a_ledger_that_grew_is_old(anchored_home: Home, keys: Keys):
    assert light(anchored_home, NOW + 9 * DAY) is Light.WELL  # it covers all that there is
    grow(anchored_home, keys)
    assert light(anchored_home, NOW + DAY) is Light.WELL
    assert light(anchored_home, NOW + DAY + 1) is Light.OLD
    assert "1 of 2 entries and is 48 hours" in standing(
        anchored_home, ORGANISATION, limit=DAY, now=NOW + 2 * DAY
    ).says(NOW + 2 * DAY)


def test_an_alarm_stands_above_all_and_is_kept(anchored_home: Home):
    write_troubles(anchored_home, ORGANISATION, {"w": Trouble(5, "It has seen another ledger.", alarm=True)})
    found = standing(anchored_home, ORGANISATION, limit=DAY, now=NOW)
    assert found.light is Light.CONTRADICTED
    assert found.says(NOW) == "It has seen another ledger."
    write_troubles(anchored_home, ORGANISATION, {"w": Trouble(5, "It is away.")})
    assert light(anchored_home, NOW) is Light.WELL


def test_a_memory_of_alarms_that_cannot_be_read_is_an_alarm(anchored_home: Home):
    write_troubles(anchored_home, ORGANISATION, {})
    assert read_troubles(anchored_home, ORGANISATION) == {}
    (path,) = (anchored_home.care / "anchoring").iterdir()
    path.write_bytes(b"{")
    assert light(anchored_home, NOW) is Light.CONTRADICTED
