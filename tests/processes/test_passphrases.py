"""A passphrase is replaced, or set anew by shares; the ledger says so, also while the server runs."""

import json
from pathlib import Path

import pytest

from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.home import Home
from muniment.core.tags import EventTag
from muniment.processes import passphrases
from muniment.vault import setup
from muniment.vault.client import connect
from muniment.vault.keyring import Keyring
from muniment.vault.setup import Founding
from tests.vault.firm import CHEAP

OLD, NEW = b"correct horse", b"battery staple"


@pytest.fixture
def founding(home: Home) -> Founding:
    made, _ = setup.create_installation(home, name="Firm", passphrase=OLD, cost=CHEAP)
    return made


def tags(home: Home, organisation: str) -> list[str]:
    with connect(home, NEW) as doors:
        return [json.loads(act.clear)["tag"] for act in doors.desk.acts(organisation, -1, 100)]


def test_a_change_is_in_the_ledger_and_ends_the_old_one(home: Home, founding: Founding) -> None:
    assert passphrases.change(home, OLD, NEW) == ""
    assert tags(home, founding.organisation)[-1] == EventTag.PASSPHRASE_CHANGED
    with pytest.raises(RefusedError):
        Keyring.unlock(home, OLD)


def test_a_majority_of_shares_sets_a_new_one(home: Home, founding: Founding) -> None:
    assert passphrases.recover(home, [share.text for share in founding.shares[1:]], NEW) == ""
    assert tags(home, founding.organisation)[-1] == EventTag.PASSPHRASE_RECOVERED


def test_a_running_keeper_keeps_its_keys(home: Home, founding: Founding) -> None:
    with connect(home, OLD) as doors:
        passphrases.change(home, OLD, NEW)
        assert doors.desk.status().organisations[0].organisation == founding.organisation
        assert tags(home, founding.organisation)[-1] == EventTag.PASSPHRASE_CHANGED


def test_what_gives_no_other_passphrase_changes_nothing(home: Home, founding: Founding) -> None:
    with pytest.raises(WrongUseError, match="is the old one"):
        passphrases.change(home, OLD, OLD)
    with pytest.raises(RefusedError):
        passphrases.change(home, NEW, OLD)
    with pytest.raises(WrongUseError, match="not enough"):
        passphrases.recover(home, [founding.shares[0].text], NEW)
    assert Keyring.unlock(home, OLD).organisations == (founding.organisation,)


def test_a_damaged_vault_does_not_stop_a_recovery(home: Home, founding: Founding) -> None:
    [pack] = home.vault(founding.organisation).glob("packs/*.pack")
    pack.write_bytes(b"rubbish")
    said = passphrases.recover(home, [share.text for share in founding.shares[:2]], NEW)
    assert "could not be told" in said
    assert Keyring.unlock(home, NEW).organisations == (founding.organisation,)


def test_a_demo_keeps_its_own(home: Home, founding: Founding) -> None:
    Path(home.demo).write_text("{}")
    with pytest.raises(WrongUseError, match="demo"):
        passphrases.change(home, OLD, NEW)
