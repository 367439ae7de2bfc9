"""A catalogue of an earlier version is brought up to date before anything uses it."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from muniment.core.errors import NotAvailableError
from muniment.processes import upgrade
from muniment.vault.keyring import Keyring
from tests.installations import PASSPHRASE, Installation, found


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return found(tmp_path, mail=False)


def run(installation: Installation, *statements: str) -> list[object]:
    key = Keyring.unlock(installation.home, PASSPHRASE).catalogue_key()
    with closing(dbapi2.connect(str(installation.home.catalogue))) as connection:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        found = [row for statement in statements for row in connection.execute(statement)]
        connection.commit()
        return found


def test_a_server_starts_on_the_tables_of_an_earlier_version(installation: Installation) -> None:
    run(
        installation,
        "DROP TABLE api_keptanswer",
        "DROP TABLE web_cache",
        "DELETE FROM django_migrations WHERE app = 'api'",
    )
    with installation.serving():
        assert run(installation, "SELECT count(*) FROM api_keptanswer") == [(0,)]
        assert run(installation, "SELECT count(*) FROM web_cache") == [(0,)]


def test_what_cannot_be_brought_up_to_date_starts_nothing(installation: Installation) -> None:
    keys = Keyring.unlock(installation.home, PASSPHRASE).worker_keys()
    installation.home.catalogue.write_bytes(b"no database" * 1000)
    with pytest.raises(NotAvailableError, match="up to date"):
        upgrade.bring_up_to_date(installation.home, keys)
    assert "no database" not in (installation.home.logs / "tables.log").read_text()
    assert installation.run("serve").returncode == NotAvailableError.exit_status
