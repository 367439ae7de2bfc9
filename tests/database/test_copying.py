"""A copy of the database opens with the same key, and with no other."""

from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from muniment.core.errors import NotAvailableError
from muniment.database.copying import copy

KEY = bytes(range(32))


def opened(path: Path, key: bytes = KEY) -> dbapi2.Connection:
    connection = dbapi2.connect(str(path))
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    return connection


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.db"
    connection = opened(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE note (body text)")
    connection.execute("INSERT INTO note VALUES ('nightjar')")
    connection.commit()
    connection.close()
    return path


def test_the_copy_is_the_database_and_as_unreadable(source: Path, tmp_path: Path) -> None:
    writer = opened(source)
    writer.execute("INSERT INTO note VALUES ('not committed')")
    copy(source, tmp_path / "copy.db", KEY)
    writer.close()
    assert opened(tmp_path / "copy.db").execute("SELECT body FROM note").fetchall() == [("nightjar",)]
    data = (tmp_path / "copy.db").read_bytes()
    assert b"nightjar" not in data
    assert not data.startswith(b"SQLite")
    with pytest.raises(dbapi2.DatabaseError):
        opened(tmp_path / "copy.db", bytes(32)).execute("SELECT body FROM note")


def test_with_another_key_or_onto_a_file_that_is_there_nothing_is_copied(
    source: Path, tmp_path: Path
) -> None:
    with pytest.raises(NotAvailableError):
        copy(source, tmp_path / "copy.db", bytes(32))
    with pytest.raises(NotAvailableError):
        copy(source, source, KEY)
    assert opened(source).execute("SELECT body FROM note").fetchall() == [("nightjar",)]
