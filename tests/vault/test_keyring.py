"""The keyring: right passphrase or enough shares, else nothing; and nothing readable in its file."""

import json
from pathlib import Path

import pytest

from muniment.core.errors import FaultFoundError, NotAvailableError, RefusedError, WrongUseError
from muniment.core.home import Home
from muniment.vault import sealing
from muniment.vault.frames import Kind
from muniment.vault.handover import KeeperKeys
from muniment.vault.keyring import Keyring, UnlockedKeyring, public_epochs
from muniment.vault.sealing import Document
from tests.vault.firm import CHEAP

ORGANISATION = "org_a"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def keyring(home: Home) -> UnlockedKeyring:
    made = Keyring.create(home, b"passphrase", cost=CHEAP)
    made.add_organisation(ORGANISATION)
    return made


def everything(keyring: UnlockedKeyring) -> list[object]:
    return [keyring.keeper_keys(), keyring.librarian_keys(), keyring.worker_keys(), keyring.web_keys()]


def test_the_same_keys_come_back(home: Home, keyring: UnlockedKeyring) -> None:
    again = Keyring.unlock(home, b"passphrase")
    assert everything(again) == everything(keyring)
    assert again.organisations == (ORGANISATION,)
    assert again.current_epoch(ORGANISATION) == keyring.current_epoch(ORGANISATION)
    assert public_epochs(home) == {ORGANISATION: 1}


def test_the_epochs_halves_belong_together(keyring: UnlockedKeyring) -> None:
    private = keyring.epoch_private(ORGANISATION, 1)
    assert private.public_key().public_bytes_raw() == keyring.current_epoch(ORGANISATION).public
    batch = sealing.seal_batch(keyring.current_epoch(ORGANISATION), [Document(Kind.RECORD, b"x")])
    agreed = sealing.agreed_key(private, ORGANISATION, 1, batch.ephemeral)
    assert len(agreed) == 32
    with pytest.raises(NotAvailableError):
        keyring.epoch_private(ORGANISATION, 2)


def test_every_key_is_another(keyring: UnlockedKeyring) -> None:
    keyring.add_organisation("org_b")
    keeper = keyring.keeper_keys()
    keys = [keyring.catalogue_key(), keyring.totp_key(), keyring.django_secret().encode()]
    keys += [keyring.index_key(each) for each in keyring.organisations]
    keys += [each.ledger for each in keeper.organisations]
    keys += [each.epochs for each in keeper.organisations]
    keys += [keyring.epoch_private(each, 1).private_bytes_raw() for each in keyring.organisations]
    assert len(set(keys)) == len(keys) == 11


def test_each_process_gets_its_own_keys_only(keyring: UnlockedKeyring) -> None:
    web, librarian = repr(keyring.web_keys()), repr(keyring.librarian_keys())
    organisation = keyring.keeper_keys().organisations[0]
    for secret in (organisation.ledger, organisation.epochs):
        assert repr(secret) not in web + librarian + repr(keyring.worker_keys())
    assert repr(keyring.catalogue_key()) not in librarian
    assert repr(keyring.index_key(ORGANISATION)) not in web
    assert isinstance(keyring.keeper_keys(), KeeperKeys)


def test_a_wrong_passphrase_opens_nothing(home: Home, keyring: UnlockedKeyring) -> None:
    for wrong in (b"Passphrase", b"passphrase "):
        with pytest.raises(RefusedError, match="does not open"):
            Keyring.unlock(home, wrong)
    with pytest.raises(WrongUseError, match="No passphrase file was named"):
        Keyring.unlock(home, b"")
    assert keyring.catalogue_key()


def test_no_key_stands_in_the_file(home: Home, keyring: UnlockedKeyring) -> None:
    stored = home.keyring.read_bytes()
    for secret in (
        keyring.catalogue_key(),
        keyring.totp_key(),
        keyring.keeper_keys().organisations[0].ledger,
    ):
        assert secret not in stored
        assert secret.hex().encode() not in stored
    assert home.keyring.stat().st_mode & 0o777 == 0o600
    assert home.keyring.parent.stat().st_mode & 0o777 == 0o700


def test_a_new_passphrase_replaces_the_old(home: Home, keyring: UnlockedKeyring) -> None:
    keyring.change_passphrase(b"new")
    assert everything(Keyring.unlock(home, b"new")) == everything(keyring)
    with pytest.raises(RefusedError):
        Keyring.unlock(home, b"passphrase")


def test_enough_shares_set_a_new_passphrase(home: Home, keyring: UnlockedKeyring) -> None:
    shares = keyring.recovery_shares(threshold=2, count=3)
    assert len(set(shares)) == 3
    recovered = Keyring.recover(home, shares[1:], b"found again")
    assert everything(recovered) == everything(Keyring.unlock(home, b"found again")) == everything(keyring)


def test_too_few_or_foreign_shares_change_nothing(
    home: Home, keyring: UnlockedKeyring, tmp_path: Path
) -> None:
    other = Keyring.create(Home(tmp_path / "other"), b"x", cost=CHEAP)
    own, foreign = (each.recovery_shares(threshold=2, count=2) for each in (keyring, other))
    with pytest.raises(WrongUseError, match="not enough"):
        Keyring.recover(home, own[:1], b"mine now")
    with pytest.raises(RefusedError, match="do not open"):
        Keyring.recover(home, foreign, b"mine now")
    assert everything(Keyring.unlock(home, b"passphrase")) == everything(keyring)


def test_one_installation_in_a_home(home: Home, keyring: UnlockedKeyring) -> None:
    with pytest.raises(WrongUseError):
        Keyring.create(home, b"another", cost=CHEAP)
    with pytest.raises(WrongUseError):
        keyring.add_organisation(ORGANISATION)
    with pytest.raises(WrongUseError):
        keyring.index_key("org_nobody")


def test_no_or_a_damaged_keyring(home: Home, keyring: UnlockedKeyring) -> None:
    stored = home.keyring.read_bytes()
    for damaged in (b"", stored[:-20], b"[]"):
        home.keyring.write_bytes(damaged)
        with pytest.raises(FaultFoundError):
            Keyring.unlock(home, b"passphrase")
    home.keyring.unlink()
    with pytest.raises(NotAvailableError, match="no installation"):
        Keyring.unlock(home, b"passphrase")
    assert keyring.organisations


def test_a_wrapped_key_does_not_pass_for_another(home: Home, keyring: UnlockedKeyring) -> None:
    text = home.keyring.read_text()
    file = json.loads(text)
    file["system"]["catalogue"], file["system"]["totp"] = file["system"]["totp"], file["system"]["catalogue"]
    home.keyring.write_text(json.dumps(file))
    with pytest.raises(FaultFoundError):
        Keyring.unlock(home, b"passphrase").catalogue_key()
    assert keyring.catalogue_key()
