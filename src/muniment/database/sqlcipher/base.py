"""The backend itself. Django loads `DatabaseWrapper` from here."""

import os
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base as sqlite
from django.db.backends.sqlite3._functions import (  # type: ignore[import-untyped]
    register as register_functions,
)
from sqlcipher3 import dbapi2

from muniment.core.errors import NotAvailableError
from muniment.database.keys import get_key
from muniment.database.sqlcipher.creation import DatabaseCreation
from muniment.database.sqlcipher.driver import Connection, Cursor

LONGEST_WAIT = 20.0  # seconds for a lock. With IMMEDIATE, three busy processes waited 0.6 s at most.

PRAGMAS = (
    "PRAGMA temp_store = MEMORY",  # sorting must not spill clear text to a temporary file
    "PRAGMA secure_delete = ON",  # a removed row is overwritten, not only unlinked
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # a decision that was answered survives a power cut
    "PRAGMA foreign_keys = ON",
    "PRAGMA legacy_alter_table = OFF",
)


class DatabaseWrapper(sqlite.DatabaseWrapper):
    """SQLite whose every page, write-ahead log included, is encrypted under a raw 32-byte key.

    `cipher_memory_security` stays off: it locks and wipes each allocation of SQLite, and the rows
    that those hold lie unlocked in Python's memory a moment later.
    """

    display_name = "SQLCipher"
    Database = dbapi2
    creation_class = DatabaseCreation

    def get_connection_params(self) -> dict[str, Any]:
        """Django's parameters, with transactions that take their lock at the start.

        A deferred transaction that reads before it writes loses with "database is locked" at once,
        whatever the timeout: measured, 435 of 900.
        """
        params: dict[str, Any] = super().get_connection_params()
        params.setdefault("timeout", LONGEST_WAIT)
        params["factory"] = Connection
        self.transaction_mode: str = getattr(self, "transaction_mode", None) or "IMMEDIATE"
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        """Connect, give the key before anything else, and see that it fits.

        NotAvailableError when this process holds no key, or a key that opens nothing.
        """
        key = get_key()
        _make_private(conn_params["database"])
        connection: Connection = dbapi2.connect(**conn_params)
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except dbapi2.DatabaseError as error:
            connection.close()
            if "not a database" not in str(error):
                raise
            raise NotAvailableError(
                "The database does not open with this key.",
                why="The key is of another installation, or the file is damaged.",
                remedy="Run `muniment doctor`; the catalogue can be rebuilt from the vault.",
            ) from None
        register_functions(connection)
        for pragma in PRAGMAS:
            connection.execute(pragma)
        for command in filter(None, map(str.strip, self.init_commands)):  # type: ignore[attr-defined]
            connection.execute(command)
        return connection

    def create_cursor(self, name: str | None = None) -> Cursor:  # noqa: ARG002 - Django's signature
        """A cursor that understands Django's placeholders."""
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        return cursor


def _make_private(name: str | Path) -> None:
    """Make the file before SQLite does, so that nobody but its owner may ever read it."""
    text = os.fspath(name)
    if text.startswith(("file:", ":")):
        return
    try:
        os.close(os.open(text, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise NotAvailableError(
            f"The database {text} cannot be opened.",
            why=f"{error.strerror}.",
            remedy="Look at the directory, its owner and the free space.",
        ) from error
