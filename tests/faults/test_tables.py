"""A database row that somebody edits is named by `muniment verify`, and opens nothing."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from muniment.vault.keyring import Keyring
from tests.faults import conduct
from tests.installations import PASSPHRASE, SOURCE, Installation, Served, environment, found, until

PROGRAM = Path(conduct.__file__)


@dataclass
class Conducted:
    """A served home in which people have acted, and what they did."""

    installation: Installation
    served: Served | None
    did: dict[str, Any]

    def runs(self, *, wanted: bool) -> None:
        """Start the server, or stop it, unless it is so already."""
        if wanted and self.served is None:
            self.served = self.installation.serve()
        elif not wanted and self.served is not None:
            assert self.served.stop() == 0
            self.served = None

    def read(self, record: object) -> str:
        """What happens when the holder of the grant opens a record."""
        asker, people = self.did["asker"], self.did["people"]
        return program(
            self.installation,
            "read",
            self.did["grant"],
            record,
            asker["key"],
            asker["private"],
            people["asker"],
        ).strip()

    def faults(self) -> set[tuple[str, str]]:
        """Kind and table of each fault that `verify` names."""
        report = self.installation.verify(*self.installation.deep())
        faults = report["faults"]
        assert isinstance(faults, list)
        assert all(fault["advice"] for fault in faults)
        return {(fault["kind"], fault["advice"].partition(" ")[0]) for fault in faults}


def program(installation: Installation, *words: object) -> str:
    given = [installation.home.path, installation.passphrase_file, installation.organisation, *words]
    done = subprocess.run(
        [sys.executable, str(PROGRAM), *map(str, given)],
        env={**environment(), "PYTHONPATH": f"{SOURCE}:{SOURCE.parent}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def conducted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Conducted]:
    path = tmp_path_factory.mktemp("tables")
    made = found(path)
    served = made.serve()
    try:
        served.send(*(b"Subject: %d\r\nFrom: a@b.example\r\n\r\na letter\r\n" % n for n in range(4)))
        until(lambda: rows(made, "SELECT count(*) FROM catalogue_record") == [(4,)])
        people = made.printed["authorities"]
        did = json.loads(program(made, path / "ann.key", path / "bob.key", people["ann"], people["bob"]))
        assert program(
            made, "read", did["grant"], did["records"][1], did["asker"]["key"], did["asker"]["private"],
            did["people"]["asker"],
        ) == "opened\n"  # fmt: skip
        until(lambda: rows(made, OPENINGS) == [(1,)])
        made_so = Conducted(made, served, did)
        yield made_so
        made_so.runs(wanted=False)
    finally:
        served.stop()


@contextmanager
def database(installation: Installation) -> Iterator[dbapi2.Connection]:
    key = Keyring.unlock(installation.home, PASSPHRASE).catalogue_key()
    connection = dbapi2.connect(str(installation.home.catalogue), timeout=20)
    try:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        yield connection
        connection.commit()
    finally:
        connection.close()


def rows(installation: Installation, query: str) -> list[tuple[object, ...]]:
    with database(installation) as connection:
        return [*connection.execute(query)]


@contextmanager
def edited(installation: Installation, statement: str) -> Iterator[None]:
    """The database as somebody with the passphrase makes it, triggers aside; afterwards as it was."""
    words = statement.split()
    table = words[1] if words[0] == "UPDATE" else words[2]
    with database(installation) as connection:
        kept = [*connection.execute(f"SELECT * FROM {table}")]  # noqa: S608
        triggers = [
            *connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", [table]
            )
        ]
        drop(connection, triggers)
        connection.execute(statement)
        restore(connection, triggers)
    try:
        yield
    finally:
        with database(installation) as connection:
            drop(connection, triggers)
            connection.execute(f"DELETE FROM {table}")  # noqa: S608
            marks = ", ".join("?" * len(kept[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", kept)  # noqa: S608
            restore(connection, triggers)


def drop(connection: dbapi2.Connection, triggers: list[tuple[str, str]]) -> None:
    for name, _ in triggers:
        connection.execute(f'DROP TRIGGER "{name}"')


def restore(connection: dbapi2.Connection, triggers: list[tuple[str, str]]) -> None:
    for _, text in triggers:
        connection.execute(text)


def test_tables_that_nobody_touched_agree_also_while_it_runs(conducted: Conducted) -> None:
    conducted.runs(wanted=True)
    assert conducted.read(conducted.did["records"][0]) == "opened"
    assert conducted.faults() == set()


OPENINGS = "SELECT count(*) FROM catalogue_ledgerentry WHERE tag = 'vault:record:opened'"
LONGER_GRANT = "UPDATE governance_grant SET not_after = '2099-01-01 00:00:00'"
EDITS = (
    {
        # a role that nobody gave, and one that is gone
        "INSERT INTO people_roleassignment (person_id, role, given) "
        "SELECT person_id, 'hr', given FROM people_roleassignment WHERE role = 'director'": (
            "row-without-entry",
            "role",
        ),
        "UPDATE people_policyacceptance SET address = '10.0.0.9'": ("row-differs", "policy"),
        LONGER_GRANT: ("row-differs", "grant"),
        "UPDATE governance_decision SET reason = 'Because I say so.'": ("row-differs", "decision"),
        "DELETE FROM catalogue_ledgerentry WHERE tag = 'vault:record:opened'": ("entry-without-row", "act"),
        "DELETE FROM catalogue_record WHERE subject = '3'": ("entry-without-row", "record"),
    },
    {
        "DELETE FROM people_roleassignment WHERE role = 'data_controller'": ("entry-without-row", "role"),
        "UPDATE people_policyversion SET text = 'Be quick.'": ("row-differs", "policy"),
        "UPDATE catalogue_ledgerentry SET actor = 'per_x' WHERE tag = 'vault:record:opened'": (
            "row-differs",
            "act",
        ),
        "UPDATE catalogue_record SET sequence = sequence + 1000 WHERE subject = '3'": (
            "row-differs",
            "record",
        ),
    },
)


@pytest.mark.parametrize("edits", EDITS, ids=["first", "second"])
def test_each_edited_row_is_named_while_it_runs(
    conducted: Conducted, edits: dict[str, tuple[str, str]]
) -> None:
    conducted.runs(wanted=True)
    with ExitStack() as stack:
        for statement in edits:
            stack.enter_context(edited(conducted.installation, statement))
        assert set(edits.values()) <= conducted.faults()


def test_a_record_smuggled_into_a_grant_opens_nothing(conducted: Conducted) -> None:
    conducted.runs(wanted=True)
    [first, _], [other, *_] = conducted.did["records"], conducted.did["others"]
    statement = f"UPDATE governance_grantrecord SET record = '{other}' WHERE record = '{first}'"  # noqa: S608
    with edited(conducted.installation, statement):
        assert conducted.read(other) == "RefusedError"
        assert ("row-differs", "grant") in conducted.faults()


def test_a_grant_made_over_to_somebody_else_opens_nothing(conducted: Conducted) -> None:
    conducted.runs(wanted=True)
    people = conducted.did["people"]
    statement = f"UPDATE governance_grant SET holder_id = '{people['deputy']}'"  # noqa: S608
    with edited(conducted.installation, statement):
        assert conducted.read(conducted.did["records"][0]) != "opened"
        assert ("row-differs", "grant") in conducted.faults()


def test_it_is_named_also_when_nothing_runs(conducted: Conducted) -> None:
    conducted.runs(wanted=False)
    with edited(conducted.installation, LONGER_GRANT):
        assert ("row-differs", "grant") in conducted.faults()
    assert conducted.faults() == set()
