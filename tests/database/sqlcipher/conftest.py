"""A database file of its own for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db.utils import ConnectionHandler

from muniment.database import keys
from muniment.database.sqlcipher.base import DatabaseWrapper

type Connect = Callable[..., DatabaseWrapper]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "test.db"


@pytest.fixture
def connect(database: Path, django_db_blocker) -> Iterator[Connect]:
    before = keys.get_key()
    opened: list[DatabaseWrapper] = []

    def connect_to(path: Path | str = database, **options: object) -> DatabaseWrapper:
        handler = ConnectionHandler(
            {"default": {"ENGINE": "muniment.database.sqlcipher", "NAME": path, "OPTIONS": options}}
        )
        connection = handler["default"]
        assert isinstance(connection, DatabaseWrapper)
        opened.append(connection)
        return connection

    with django_db_blocker.unblock():
        yield connect_to
        for connection in opened:
            connection.close()
    keys.set_key(before)
