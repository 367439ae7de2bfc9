"""A copy of the database, as it is at one moment, under the same key."""

import os
from pathlib import Path

from sqlcipher3 import dbapi2

from muniment.core.errors import NotAvailableError


def copy(source: Path, target: Path, key: bytes) -> None:
    """Write an encrypted copy to `target`, which must not exist, while others use the database.

    It is as the database was between two transactions. NotAvailableError if it cannot be read or written.
    """
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
        connection = dbapi2.connect(os.fspath(source), isolation_level=None, timeout=20.0)
        try:
            secret = f"x'{key.hex()}'"
            connection.execute(f'PRAGMA key = "{secret}"')
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute(f'ATTACH DATABASE ? AS copy KEY "{secret}"', (os.fspath(target),))
            connection.execute("BEGIN")
            connection.execute("SELECT sqlcipher_export('copy')")
            connection.execute("COMMIT")
            connection.execute("DETACH DATABASE copy")
        finally:
            connection.close()
        descriptor = os.open(target, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except (OSError, dbapi2.Error) as error:
        # The message of the database could quote a row: only its kind may leave.
        raise NotAvailableError("The database cannot be copied.", why=f"{type(error).__name__}.") from error
