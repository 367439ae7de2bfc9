"""A private keeper: says why it cannot start, and does not leave its command waiting."""

from pathlib import Path

import pytest

from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from muniment.vault import setup
from muniment.vault.keeper.lock import only_keeper
from muniment.vault.private import private_keeper
from tests.vault.firm import CHEAP, PASSPHRASE


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    setup.create_installation(made, name="Firm", passphrase=PASSPHRASE, cost=CHEAP)
    return made


def test_where_the_lock_is_held(home: Home) -> None:
    with (
        only_keeper(home),
        pytest.raises(NotAvailableError, match="could not start"),
        private_keeper(home, PASSPHRASE),
    ):
        pass


def test_where_the_vault_is_damaged(home: Home) -> None:
    (organisation,) = (home.path / "vault").iterdir()
    (organisation / "log" / "checkpoint").write_text("rolled back")
    with pytest.raises(NotAvailableError, match="could not start"), private_keeper(home, PASSPHRASE):
        pass


def test_it_ends_with_an_error_in_the_block(home: Home) -> None:
    with pytest.raises(KeyError), private_keeper(home, PASSPHRASE):
        raise KeyError
    with only_keeper(home):
        pass


def test_no_installation(tmp_path: Path) -> None:
    with (
        pytest.raises(NotAvailableError, match="no installation"),
        private_keeper(Home(tmp_path), PASSPHRASE),
    ):
        pass
