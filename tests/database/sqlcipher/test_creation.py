"""Test databases in a file leave nothing behind."""

from collections.abc import Callable
from pathlib import Path

from muniment.database.sqlcipher.base import DatabaseWrapper

type Connect = Callable[..., DatabaseWrapper]


def test_a_test_database_in_a_file_is_removed_whole(connect: Connect, database: Path) -> None:
    connection = connect()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE note (body text)")
    connection.creation._destroy_test_db(str(database), verbosity=0)  # type: ignore[attr-defined]
    assert not list(database.parent.glob("test.db*"))


def test_a_test_database_is_in_memory_unless_a_file_is_named(connect: Connect) -> None:
    creation = connect().creation
    assert creation.is_in_memory_db(creation._get_test_db_name())  # type: ignore[attr-defined]
