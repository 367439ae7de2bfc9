"""Founding: two authorities, a genesis that says what it is, and nothing left of a founding that failed."""

from pathlib import Path

import pytest

from muniment.core import canonical
from muniment.core.errors import NotAvailableError, RefusedError, WrongUseError
from muniment.core.home import Home
from muniment.vault import messages as ask
from muniment.vault import setup
from muniment.vault.authority.register import KeyKind, Power, RegisteredKey
from muniment.vault.keeper.keeper import Keeper
from muniment.vault.keeper.lock import only_keeper
from muniment.vault.keyring import Keyring, UnlockedKeyring
from muniment.vault.setup import Founding
from muniment.vault.store import Store
from tests.vault.firm import CHEAP, PASSPHRASE, person
from tests.vault.softkey import SoftKey


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def found(home: Home, **more: object) -> tuple[Founding, UnlockedKeyring]:
    fields: dict[str, object] = {"name": "Firm", "passphrase": PASSPHRASE, "cost": CHEAP}
    return setup.create_installation(home, **{**fields, **more})  # type: ignore[arg-type]


def test_the_genesis_is_under_a_signed_checkpoint(home: Home) -> None:
    founding, keyring = found(home)
    verifier = keyring.ledger_signer(founding.organisation).verifier
    note = (home.vault(founding.organisation) / "log" / "checkpoint").read_text()
    assert verifier.open(note).size == 1


def test_without_authorities_two_can_enrol_once_each(home: Home) -> None:
    founding, keyring = found(home)
    assert len(founding.enrolments) == 2
    keeper = Keeper(home, keyring.keeper_keys())
    organisation = founding.organisation
    for count, each in enumerate(founding.enrolments):
        passkey = SoftKey("per_pretended", f"key_{count}")
        asked = ask.Enrol(organisation, each.token, passkey.registered(*Power))
        keeper.do(asked)
        key = keeper.room(organisation).books.register.key(f"key_{count}")
        assert (key.person, key.powers) == (each.person, frozenset({Power.REGISTER}))
        with pytest.raises(RefusedError, match="used already"):
            keeper.do(asked)
    keeper.close()
    again = Keeper(home, keyring.keeper_keys())
    assert not again.room(organisation).books.tokens
    with pytest.raises(RefusedError):
        again.do(ask.Enrol(organisation, founding.enrolments[0].token, person().registered()))
    again.close()


def test_tokens_and_shares_are_kept_nowhere(home: Home) -> None:
    founding, _ = found(home, custodians=["Ann", "Bob"])
    everything = b"".join(path.read_bytes() for path in home.path.rglob("*") if path.is_file())
    for secret in [each.token for each in founding.enrolments] + [each.text for each in founding.shares]:
        assert secret.encode() not in everything
    assert b"Firm" not in everything
    assert [each.custodian for each in founding.shares] == ["Ann", "Bob"]


def test_a_majority_of_the_custodians_recovers(home: Home) -> None:
    founding, keyring = found(home, custodians=list("ABCDE"))
    texts = [each.text for each in founding.shares]
    with pytest.raises(WrongUseError):
        Keyring.recover(home, texts[:2], b"new")
    assert Keyring.recover(home, texts[1:4], b"new").catalogue_key() == keyring.catalogue_key()


def test_given_keys_count_at_once(home: Home) -> None:
    keys = [person(), person()]
    founding, keyring = found(
        home,
        authorities=[
            setup.authority_with_key("A", each.key, each.private.public_key().public_bytes_raw())
            for each in keys
        ],
    )
    keeper = Keeper(home, keyring.keeper_keys())
    assert set(keeper.room(founding.organisation).books.register.keys) == {each.key for each in keys}
    keeper.close()


def test_a_demo_says_so_in_clear_and_only_a_demo_begins_with_keys(home: Home, tmp_path: Path) -> None:
    persona = person(Power.DECIDE).registered(demo=True)
    with pytest.raises(WrongUseError, match="Only a demo"):
        found(Home(tmp_path / "other"), keys=[persona])
    founding, keyring = found(home, keys=[persona], demo=True)
    keeper = Keeper(home, keyring.keeper_keys())
    room = keeper.room(founding.organisation)
    assert room.books.demo
    assert room.books.register.key(persona.key) == persona
    clear = canonical.loads(room.store.entry(0).clear)
    assert isinstance(clear, dict)
    assert clear["demo"] is True
    keeper.close()


def test_a_failed_founding_leaves_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise NotAvailableError("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(Store, "commit", full)
        with pytest.raises(NotAvailableError):
            found(home)
    assert not list(home.path.iterdir())
    found(home)


def test_what_is_there_is_not_touched(home: Home, tmp_path: Path) -> None:
    found(home)
    with pytest.raises(WrongUseError, match="already"):
        found(home)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter").write_text("mine")
    with pytest.raises(WrongUseError, match="not empty"):
        found(Home(tmp_path / "full"))


def test_a_second_organisation_has_its_own_everything(home: Home) -> None:
    first, keyring = found(home)
    second = setup.add_organisation(home, keyring, name="Client")
    assert second.organisation != first.organisation
    keeper = Keeper(home, Keyring.unlock(home, PASSPHRASE).keeper_keys())
    names = {keeper.room(each.organisation).books.name for each in (first, second)}
    assert names == {"Firm", "Client"}
    with pytest.raises(RefusedError):
        keeper.do(ask.Enrol(second.organisation, first.enrolments[0].token, SoftKey("p", "k").registered()))
    keeper.close()


def test_not_while_a_keeper_runs(home: Home) -> None:
    _, keyring = found(home)
    with only_keeper(home), pytest.raises(NotAvailableError, match="runs on"):
        setup.add_organisation(home, keyring, name="Client")


def test_an_authority_by_its_public_key() -> None:
    made = setup.authority_with_key("Ann", "key_a", bytes(32))
    assert made.key == RegisteredKey(
        person=made.person,
        key="key_a",
        kind=KeyKind.ED25519,
        public=bytes(32),
        powers=frozenset({Power.REGISTER}),
    )
