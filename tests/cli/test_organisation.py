"""`muniment organisation`: a client with a key that the provider cannot open alone, from adding it to its first mail."""

import json
import os
import subprocess
from email.message import EmailMessage
from pathlib import Path

import pytest

from muniment.core.errors import LockedError, NotAvailableError, RefusedError, WrongUseError
from muniment.core.home import Home
from muniment.search.client import LibrarianIntake
from muniment.vault.client import DeskDoor
from muniment.vault.messages import OrganisationStatus
from tests.installations import MUNIMENT, Installation, environment, found, free_port, muniment, until

OWN = "the client's own words"
CANARY = "Zinnober-Kanarienvogel"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return found(tmp_path_factory.mktemp("provider"), keys=False)


@pytest.fixture(scope="module")
def client(installation: Installation) -> str:
    """A client's organisation, with a listener of its own."""
    folder = installation.home.path.parent
    (folder / "own").write_text(f"{OWN}\n")
    done = add(installation, "--organisation-passphrase-file", folder / "own", "--json")
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert len(printed["organisation_recovery_shares"]) == 3
    assert printed["recovery_shares"] == {}
    organisation = str(printed["organisation"])
    installation.mail_port = free_port()
    with installation.home.settings.open("a") as settings:
        settings.write(
            f'\n[[smtp]]\norganisation = "{organisation}"\nlisten = "127.0.0.1:{installation.mail_port}"\n'
        )
    return organisation


def add(made: Installation, *words: object) -> "subprocess.CompletedProcess[str]":
    return muniment(
        *("organisation", "add", "--home", made.home.path, "--name", "Client", *words),
        *("--passphrase-file", made.passphrase_file),
    )


def status(home: Home, organisation: str) -> OrganisationStatus:
    with DeskDoor(home.socket("desk")) as desk:
        return next(each for each in desk.status().organisations if each.organisation == organisation)


def unlock(made: Installation, organisation: str, path: Path) -> "subprocess.CompletedProcess[str]":
    return muniment(
        "organisation", "unlock", organisation, "--home", made.home.path, "--passphrase-file", path
    )


def mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@client.example", "b@client.example", CANARY
    message.set_content(CANARY)
    return message


def findings(home: Home) -> dict[str, dict[str, str]]:
    done = muniment("doctor", "--home", home.path, "--json")
    return {each["subject"]: each for each in json.loads(done.stdout)["findings"]}


def test_a_client_has_a_key_of_its_own_unless_somebody_says_otherwise(installation: Installation) -> None:
    folder = installation.home.path.parent
    (folder / "some").write_text("some words")
    for words in ((), ("--shared-key", "--organisation-passphrase-file", folder / "some")):
        done = add(installation, *words)
        assert done.returncode == WrongUseError.exit_status
        assert "--shared-key" in done.stderr
    done = add(installation, "--shared-key", "--json")
    assert json.loads(done.stdout)["organisation_recovery_shares"] == {}


def test_locked_it_takes_mail_and_unlocked_it_indexes_it(installation: Installation, client: str) -> None:
    home, folder = installation.home, installation.home.path.parent
    (folder / "wrong").write_text("not these")
    with installation.serving() as served:
        assert status(home, client).locked == "Its own passphrase has not been given."
        served.send(mail())
        assert status(home, client).records == 1
        shown = findings(home)
        assert shown["Own key"]["state"] == "attention"
        assert "unlock" in shown["Own key"]["remedy"]
        listed = muniment("organisation", "list", "--home", home.path).stdout
        assert f"{client}: under a passphrase of its own; locked" in listed
        assert f"{installation.organisation}: under the master key alone; open" in listed
        with LibrarianIntake(home) as librarian, pytest.raises(LockedError):
            librarian.state(client)
        backed = installation.run("backup", folder / "of-a-running-server")
        assert backed.returncode == 0, backed.stderr
        turned = installation.run("key", "turn")
        assert (turned.returncode, "is locked: its epoch cannot turn" in turned.stderr) == (0, True)
        wrong = unlock(installation, client, folder / "wrong")
        assert wrong.returncode == RefusedError.exit_status
        assert status(home, client).locked
        done = unlock(installation, client, folder / "own")
        assert (done.returncode, done.stderr) == (0, "")
        assert status(home, client).locked == ""
        with LibrarianIntake(home) as librarian:
            until(lambda: librarian.state(client).records == 1)
        assert findings(home)["Own key"]["state"] == "well"
    for path in home.path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert OWN.encode() not in data, path
            assert CANARY.encode() not in data, path


def test_locked_it_is_verified_and_restored_as_far_as_that_goes(
    installation: Installation, client: str
) -> None:
    folder = installation.home.path.parent
    done = installation.run("verify")
    assert done.returncode == 0, done.stdout
    assert "It is locked: its keys were not tried" in done.stdout
    backed = installation.run("backup", folder / "backup")
    assert backed.returncode == 0, backed.stderr
    drilled = muniment(
        "backup", "drill", folder / "backup", "--passphrase-file", installation.passphrase_file
    )
    assert drilled.returncode == 0, drilled.stdout + drilled.stderr
    assert drilled.stdout.count("Its keys were not tried") == 1
    rebuilt = installation.run(
        "rebuild", "--organisation", client, "--key", _somebodys_key(folder), "--reason", "a try", "--yes"
    )
    assert rebuilt.returncode == LockedError.exit_status
    assert f"{client} is locked" in rebuilt.stderr


def test_settings_may_name_its_passphrase(installation: Installation, client: str) -> None:
    folder, before = installation.home.path.parent, installation.home.settings.read_text()
    with installation.home.settings.open("a") as settings:
        settings.write(
            f'\n[[organisations]]\norganisation = "{client}"\npassphrase_file = "{folder / "own"}"\n'
        )
    with installation.serving():
        assert status(installation.home, client).locked == ""
    (folder / "own").rename(folder / "away")
    with installation.serving():
        assert "cannot be read" in status(installation.home, client).locked
    (folder / "away").rename(folder / "own")
    installation.home.settings.write_text(before)


def test_its_passphrase_changes_and_goes(installation: Installation, client: str) -> None:
    folder = installation.home.path.parent
    (folder / "next").write_text("other words")
    place = ("--home", installation.home.path, "--passphrase-file", installation.passphrase_file)

    def run(*words: object) -> "subprocess.CompletedProcess[str]":
        return muniment("organisation", "passphrase", client, *words, *place)

    assert run().returncode == WrongUseError.exit_status
    assert run("--new-passphrase-file", folder / "next").returncode == LockedError.exit_status
    old = ("--organisation-passphrase-file", folder / "own")
    done = run(*old, "--new-passphrase-file", folder / "next")
    assert (done.returncode, done.stderr) == (0, "")
    assert "other words" not in done.stdout
    assert run(*old, "--remove").returncode == RefusedError.exit_status
    done = run("--organisation-passphrase-file", folder / "next", "--remove")
    assert (done.returncode, done.stderr) == (0, "")
    again = run(
        "--new-passphrase-file", folder / "own", "--share-pages", "--custodian", "Ann", "--custodian", "Bob"
    )
    assert again.stdout.count("\f") == 2
    assert "Recovery share 1, for Ann" in again.stdout


def test_nothing_is_unlocked_without_a_server(installation: Installation, client: str) -> None:
    done = unlock(installation, client, installation.home.path.parent / "own")
    assert done.returncode == NotAvailableError.exit_status
    assert "muniment serve" in done.stderr


def _somebodys_key(folder: Path) -> Path:
    path = folder / "somebody"
    if not path.exists():
        done = subprocess.run(
            [*MUNIMENT, "key", "new", os.fspath(path), "--person", "per_a"],
            env=environment(), check=True, capture_output=True,
        )  # fmt: skip
        assert done.returncode == 0
    return path
