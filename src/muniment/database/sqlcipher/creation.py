"""Test databases: in memory unless a test asks for a file."""

from pathlib import Path

from django.db.backends.sqlite3 import creation as sqlite


class DatabaseCreation(sqlite.DatabaseCreation):
    """As Django's for SQLite; also takes away what a write-ahead log leaves beside a file."""

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        super()._destroy_test_db(test_database_name, verbosity)  # type: ignore[misc]  # not in the stubs
        if not self.is_in_memory_db(test_database_name):
            for suffix in ("-wal", "-shm"):
                Path(f"{test_database_name}{suffix}").unlink(missing_ok=True)
