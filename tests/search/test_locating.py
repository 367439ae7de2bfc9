"""A search from the command line, on a home whose server runs or not."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from muniment.core.home import Home
from muniment.search.index.organisation import OrganisationIndex
from muniment.vault.authority import keyfile
from muniment.vault.authority.statements import Action
from muniment.vault.messages import Admit, AskActs
from tests.search.running import running_at
from tests.search.samples import document
from tests.vault.firm import PASSPHRASE, Firm

MIGRATE = """
import os, sys
os.environ["MUNIMENT_HOME"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "muniment.web.settings"
from muniment.database.keys import set_key
set_key(bytes.fromhex(sys.stdin.read()))
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""
TABLES_KEY = bytes(range(32)).hex()


class Desk:
    """A firm with records in the index, a locate warrant and the holder's key in a file."""

    def __init__(self, firm: Firm, path: Path, tables: Path) -> None:
        self.firm, self.path = firm, path
        self.case = "case_" + "a" * 26
        text = firm.warrant([], actions=[Action.LOCATE], holder=firm.controller.id, case=self.case)
        firm.do(Admit(firm.organisation, text, (firm.approval(text, firm.director),), ()))
        self.warrant_file = path / "warrant.json"
        self.warrant_file.write_bytes(text)
        self.key = path / "key.json"
        private = firm.controller.private.private_bytes_raw()
        keyfile.write(self.key, keyfile.PrivateKeyFile(firm.controller.key, private, firm.controller.id))
        self.passphrase = path / "passphrase"
        self.passphrase.write_bytes(PASSPHRASE + b"\n")
        self.documents = [document(number, "refund") for number in range(3)]
        self._stock(tables)

    def _stock(self, tables: Path) -> None:
        key = self.firm.keyring.librarian_keys().index[self.firm.organisation]
        index = OrganisationIndex(
            self.firm.home.search(self.firm.organisation) / "index", self.path / "memory", key
        )
        index.take(self.documents, watermark=2)
        index.close()
        self.firm.home.catalogue.parent.mkdir(exist_ok=True)
        shutil.copy(tables, self.firm.home.catalogue)
        with closing(dbapi2.connect(str(self.firm.home.catalogue))) as catalogue:
            catalogue.execute(f"PRAGMA key = \"x'{TABLES_KEY}'\"")
            catalogue.execute(f"PRAGMA rekey = \"x'{self.firm.keyring.catalogue_key().hex()}'\"")

    def run(
        self, query: str, *more: str, case: str = "", key: Path | None = None
    ) -> "subprocess.CompletedProcess[str]":
        arguments = [
            "search", query, "--home", str(self.firm.home.path), "--organisation", self.firm.organisation,
            "--case", case or self.case, "--warrant", str(self.warrant_file), "--key", str(key or self.key),
            "--passphrase-file", str(self.passphrase), *more,
        ]  # fmt: skip
        return muniment(arguments)


def muniment(arguments: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", "from muniment.cli.main import run; run()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment())


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "200"}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue with empty tables, under a key that each firm changes to its own."""
    home = Home(tmp_path_factory.mktemp("tables"))
    home.catalogue.parent.mkdir(exist_ok=True)
    command = [sys.executable, "-c", MIGRATE, str(home.path)]
    subprocess.run(command, input=TABLES_KEY, text=True, check=True, env=environment())
    return home.catalogue


@pytest.fixture
def desk(firm: Firm, tmp_path: Path, tables: Path) -> Desk:
    made = Desk(firm, tmp_path, tables)
    firm.keeper.close()
    return made


def test_a_stopped_home_is_searched_under_the_same_rules(desk: Desk) -> None:
    done = desk.run("refund", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["found"]["total"] == 3
    assert set(answer["found"]["ids"]) == {each.record for each in desk.documents}
    desk.firm.keeper = desk.firm.start()
    assert any(b"search:records:located" in act.clear for act in acts(desk.firm))


def test_people_get_a_table_and_the_next_page(desk: Desk) -> None:
    done = desk.run("refund", "--limit", "2")
    assert done.returncode == 0, done.stderr
    assert "3 records fit refund" in done.stdout
    assert "--page" in done.stdout


@pytest.mark.parametrize(
    ("query", "more", "status", "says"),
    [
        ("form:ann", {}, 2, "Did you mean from:"),
        ("refund", {"case": "case_" + "b" * 26}, 3, "belongs to case_"),
    ],
)
def test_mistakes_and_refusals_have_their_status(
    desk: Desk, query: str, more, status: int, says: str
) -> None:
    done = desk.run(query, **more)
    assert done.returncode == status, done.stderr
    assert says in done.stderr


def test_anothers_key_searches_nothing(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    asker = desk.firm.asker
    keyfile.write(other, keyfile.PrivateKeyFile(asker.key, asker.private.private_bytes_raw(), asker.id))
    done = desk.run("refund", key=other)
    assert done.returncode == 3
    assert desk.documents[0].record not in done.stdout


def test_a_running_server_is_asked_and_left_running(firm: Firm, tmp_path: Path, tables: Path) -> None:
    desk = Desk(firm, tmp_path, tables)
    with running_at(firm) as running:
        done = desk.run("refund", "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["found"]["total"] == 3
        assert running.process.poll() is None


def acts(firm: Firm):
    return firm.do(AskActs(firm.organisation, -1, 1000))
