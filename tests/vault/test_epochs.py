"""Epochs come, go and are not handed out again."""

from pathlib import Path

import pytest

from muniment.core.errors import FaultFoundError, NotAvailableError, RefusedError
from muniment.core.home import Home
from muniment.vault.epochs import EpochRing, derive
from muniment.vault.keyring import Keyring, UnlockedKeyring
from tests.vault.firm import CHEAP

ORGANISATION = "org_a"


@pytest.fixture
def keyring(tmp_path: Path) -> UnlockedKeyring:
    made = Keyring.create(Home(tmp_path), b"passphrase", cost=CHEAP)
    made.add_organisation(ORGANISATION)
    return made


@pytest.fixture
def ring(tmp_path: Path, keyring: UnlockedKeyring) -> EpochRing:
    return EpochRing(Home(tmp_path), ORGANISATION, keyring.keeper_keys().organisations[0].epochs)


def test_the_next_epoch_is_there_beside_the_last_until_that_is_destroyed(
    ring: EpochRing, keyring: UnlockedKeyring, tmp_path: Path
) -> None:
    first = keyring.epoch_private(ORGANISATION, 1)
    assert ring.add() == 2
    assert set(ring.privates()) == {1, 2}
    assert keyring.current_epoch(ORGANISATION).epoch == 2
    with pytest.raises(RefusedError, match="already"):
        ring.add()
    ring.destroy_before(2)
    assert set(ring.privates()) == {2}
    assert ring.add() == 3
    for again in (keyring, Keyring.unlock(Home(tmp_path), b"passphrase")):
        with pytest.raises(NotAvailableError, match="destroyed"):
            again.epoch_private(ORGANISATION, 1)
    assert first.private_bytes_raw()


def test_a_keyring_that_was_unlocked_before_does_not_bring_a_destroyed_epoch_back(
    ring: EpochRing, keyring: UnlockedKeyring, tmp_path: Path
) -> None:
    ring.add()
    ring.destroy_before(2)
    keyring.change_passphrase(b"new")
    keyring.add_organisation("org_b")
    assert set(ring.privates()) == {2}
    assert Keyring.unlock(Home(tmp_path), b"new").current_epoch(ORGANISATION).epoch == 2


def test_the_replaced_file_is_overwritten(ring: EpochRing, tmp_path: Path) -> None:
    ring.add()
    with Home(tmp_path).keyring.open("rb") as old:
        ring.destroy_before(2)
        assert not any(old.read())


def test_another_key_opens_no_epoch(ring: EpochRing, tmp_path: Path) -> None:
    other = EpochRing(Home(tmp_path), ORGANISATION, derive("org_b", bytes(32)))
    with pytest.raises(FaultFoundError):
        other.private(1)
