"""Ledger keys come and go in the keyring, and one that is gone does not come back."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from muniment.core.errors import FaultFoundError
from muniment.core.home import Home
from muniment.vault import keyring_file
from muniment.vault.keyring import Keyring, UnlockedKeyring
from muniment.vault.ledgers import LedgerRing
from tests.vault.conftest import ORGANISATION
from tests.vault.firm import CHEAP, PASSPHRASE


@pytest.fixture
def keyring(tmp_path: Path) -> UnlockedKeyring:
    made = Keyring.create(Home(tmp_path), PASSPHRASE, cost=CHEAP)
    made.add_organisation(ORGANISATION)
    return made


def test_a_new_key_stands_beside_the_old_one_until_that_is_destroyed(keyring: UnlockedKeyring) -> None:
    ring, private = keyring.ledgers(ORGANISATION), Ed25519PrivateKey.generate()
    first = ring.signer(1)
    assert first
    assert first.verifier == keyring.ledger_signer(ORGANISATION).verifier
    assert ring.signer(2) is None
    ring.keep(2, private)
    assert ring.shards() == (1, 2)
    made = ring.signer(2)
    assert made
    assert made.verifier.public == private.public_key().public_bytes_raw()
    assert keyring.ledger_signer(ORGANISATION).verifier.origin == f"muniment/{ORGANISATION}"
    ring.destroy_before(2)
    assert (ring.shards(), ring.signer(1)) == ((2,), None)
    assert keyring.ledger_signer(ORGANISATION).verifier == made.verifier


def test_whoever_unlocked_it_before_has_the_old_key_no_more(keyring: UnlockedKeyring, tmp_path: Path) -> None:
    handed = keyring.keeper_keys().organisations[0]
    old = LedgerRing(Home(tmp_path), ORGANISATION, handed.ledgers, handed.ledger)
    assert old.signer(1)
    ring = keyring.ledgers(ORGANISATION)
    ring.keep(2, Ed25519PrivateKey.generate())
    ring.destroy_before(2)
    assert old.signer(1) is None
    assert keyring.keeper_keys().organisations[0].ledger == b""


def test_a_key_that_was_made_and_never_used_gives_way(keyring: UnlockedKeyring) -> None:
    ring = keyring.ledgers(ORGANISATION)
    ring.keep(2, Ed25519PrivateKey.generate())
    private = Ed25519PrivateKey.generate()
    ring.keep(2, private)
    made = ring.signer(2)
    assert made
    assert made.verifier.public == private.public_key().public_bytes_raw()


def test_destroying_before_the_first_changes_nothing(keyring: UnlockedKeyring, tmp_path: Path) -> None:
    before = keyring_file.read(Home(tmp_path))
    ring = keyring.ledgers(ORGANISATION)
    ring.destroy_before(1)
    assert keyring_file.read(Home(tmp_path)) == before
    assert ring.signer(1)


def test_the_key_of_one_shard_does_not_open_as_another_s(keyring: UnlockedKeyring, tmp_path: Path) -> None:
    ring = keyring.ledgers(ORGANISATION)
    ring.keep(2, Ed25519PrivateKey.generate())

    def swap(file: keyring_file.KeyringFile) -> keyring_file.KeyringFile:
        own = file.organisations[ORGANISATION]
        own.ledgers["3"] = own.ledgers.pop("2")
        return file

    keyring_file.change(Home(tmp_path), swap)
    with pytest.raises(FaultFoundError):
        ring.signer(3)
