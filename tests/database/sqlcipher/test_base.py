"""The database: unreadable without its key, durable, and fit for several writers."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db.utils import OperationalError

from muniment.core.errors import NotAvailableError
from muniment.database import keys
from muniment.database.sqlcipher.base import DatabaseWrapper

type Connect = Callable[..., DatabaseWrapper]


CANARY = "nightjar-7731"


def fill(connection, rows: int = 200) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE note (id integer PRIMARY KEY, body text)")
        cursor.executemany("INSERT INTO note (body) VALUES (%s)", [(f"{CANARY} {n}",) for n in range(rows)])


def every_byte(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_no_word_is_readable_in_the_file_or_its_log(connect: Connect, database: Path) -> None:
    connection = connect()
    fill(connection)
    running = every_byte(database.parent)
    assert (database.parent / "test.db-wal").exists()
    connection.close()
    for written in (running, every_byte(database.parent)):
        assert len(written) > 4096
        for form in (CANARY.encode(), CANARY.encode("utf-16-le"), b"CREATE TABLE", b"SQLite format 3"):
            assert form not in written


def test_only_the_owner_may_read_the_file(connect: Connect, database: Path) -> None:
    fill(connect())
    assert {path.stat().st_mode & 0o777 for path in database.parent.iterdir()} == {0o600}


def test_rows_come_back_with_the_same_key(connect: Connect) -> None:
    first = connect()
    fill(first, 3)
    first.close()
    with connect().cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM note").fetchone() == (3,)


def test_another_key_opens_nothing_and_harms_nothing(connect: Connect, database: Path) -> None:
    first = connect()
    fill(first, 3)
    first.close()
    before, key = database.read_bytes(), keys.get_key()
    keys.set_key(b"\x01" * 32)
    with pytest.raises(NotAvailableError, match="does not open with this key"):
        connect().ensure_connection()
    keys.set_key(key)
    assert database.read_bytes() == before


def test_without_a_key_nothing_is_even_made(connect: Connect, database: Path) -> None:
    keys.forget_key()
    with pytest.raises(NotAvailableError, match="locked"):
        connect().ensure_connection()
    assert not database.exists()
    keys.set_key(bytes(32))


def test_a_directory_that_is_not_there_is_named(connect: Connect, tmp_path: Path) -> None:
    with pytest.raises(NotAvailableError, match="absent"):
        connect(tmp_path / "absent" / "test.db").ensure_connection()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("secure_delete", 1),
        ("temp_store", 2),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 20_000),
    ],
)
def test_each_connection_is_set_up_the_same(connect: Connect, pragma: str, value: object) -> None:
    with connect().cursor() as cursor:
        assert cursor.execute(f"PRAGMA {pragma}").fetchone() == (value,)


def test_init_commands_of_the_settings_run_too(connect: Connect) -> None:
    with connect(init_command="PRAGMA cache_size = -4000; PRAGMA user_version = 7").cursor() as cursor:
        assert cursor.execute("PRAGMA user_version").fetchone() == (7,)


def test_a_transaction_takes_its_lock_at_the_start(connect: Connect) -> None:
    first, second = connect(), connect(timeout=0.01)
    fill(first, 1)
    second.ensure_connection()
    first.set_autocommit(autocommit=False, force_begin_transaction_with_broken_autocommit=True)
    with pytest.raises(OperationalError, match="locked"):
        second.set_autocommit(autocommit=False, force_begin_transaction_with_broken_autocommit=True)
    first.rollback()


WRITER = """
import sys
from django.conf import settings
settings.configure(DATABASES={"default": {"ENGINE": "muniment.database.sqlcipher", "NAME": sys.argv[1]}})
from muniment.database.keys import set_key
set_key(bytes.fromhex(sys.argv[2]))
import django
django.setup()
from django.db import connection, transaction
for _ in range(100):
    with transaction.atomic(), connection.cursor() as cursor:
        (highest,) = cursor.execute("SELECT max(id) FROM note").fetchone()
        cursor.execute("INSERT INTO note (id, body) VALUES (%s, 'x')", [highest + 1])
"""


def test_three_processes_that_read_then_write_lose_nothing(connect: Connect, database: Path) -> None:
    fill(connect(), 1)
    arguments = [sys.executable, "-c", WRITER, str(database), keys.get_key().hex()]
    running = [subprocess.Popen(arguments) for _ in range(3)]
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0]
    with connect().cursor() as cursor:
        assert cursor.execute("SELECT count(*), max(id) FROM note").fetchone() == (301, 301)


def test_removed_words_are_gone_from_the_decrypted_pages(connect: Connect, tmp_path: Path) -> None:
    connection = connect()
    fill(connection)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM note")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        plain = tmp_path / "plain.db"
        cursor.execute("ATTACH DATABASE %s AS plain KEY ''", [str(plain)])
        cursor.execute("SELECT sqlcipher_export('plain')")
        cursor.execute("DETACH DATABASE plain")
    assert plain.read_bytes().startswith(b"SQLite format 3")
    assert CANARY.encode() not in plain.read_bytes()
