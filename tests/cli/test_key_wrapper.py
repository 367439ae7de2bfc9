"""`muniment key wrapper`, and an installation that only a key service opens."""

import base64
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from muniment.core.errors import NotAvailableError, RefusedError, WrongUseError
from muniment.core.home import Home
from muniment.vault import setup
from muniment.vault.keyring import Keyring
from tests.installations import Installation, free_port, muniment
from tests.vault.firm import CHEAP
from tests.vault.wrapping.key_service import TOKEN, FakeService, running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeService]:
    with running(tmp_path_factory.mktemp("service")) as fake:
        yield fake


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, service: FakeService) -> Installation:
    """Founded under the key service: its passphrase file is none that opens anything."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "unused").write_text("opens nothing")
    made = Installation(Home(folder / "home"), folder / "unused", free_port(), free_port())
    done = muniment(
        *("init", "--home", made.home.path, "--organisation", "Firm", "--address", made.origin, "--json"),
        *("--key-service", service.url, "--token-file", service.token_file),
    )
    assert done.returncode == 0, done.stderr
    made.organisation = json.loads(done.stdout)["organisation"]
    return made


def serve(made: Installation) -> "subprocess.CompletedProcess[str]":
    return muniment("serve", "--home", made.home.path)


def test_it_serves_while_the_service_says_yes(installation: Installation, service: FakeService) -> None:
    with installation.serving():
        done = muniment("doctor", "--home", installation.home.path)
        assert "A key service at localhost" in done.stdout
        done = muniment("key", "turn", "--home", installation.home.path)
        assert (done.returncode, done.stderr) == (0, "")
    assert muniment("verify", "--with-keys", "--home", installation.home.path).returncode == 0


def test_at_the_start_each_trouble_of_the_service_is_told(
    installation: Installation, service: FakeService
) -> None:
    service.sealed = True
    done = serve(installation)
    assert (done.returncode, "is sealed or not ready" in done.stderr) == (NotAvailableError.exit_status, True)
    service.sealed = False
    service.tokens = {"another"}
    done = serve(installation)
    assert (done.returncode, "does not take the token" in done.stderr) == (RefusedError.exit_status, True)
    service.tokens = {TOKEN}
    away = service.token_file.rename(service.token_file.with_name("away"))
    done = serve(installation)
    assert (done.returncode, "cannot be read" in done.stderr) == (NotAvailableError.exit_status, True)
    away.rename(service.token_file)
    with installation.home.settings.open("a") as settings:
        settings.write('\n[key_service]\nurl = "http://localhost:9"\n')
    done = serve(installation)
    assert (done.returncode, "does not answer" in done.stderr) == (NotAvailableError.exit_status, True)
    text = installation.home.settings.read_text()
    installation.home.settings.write_text(text.partition("\n[key_service]")[0])


def test_no_token_and_no_key_is_in_the_home(installation: Installation, service: FakeService) -> None:
    between = [base64.b64encode(value) for value in service.keys["muniment"].values()]
    seen = [json.loads(body).get("plaintext", "") for _, body in service.asked]
    secrets = [TOKEN.encode(), *between, *(text.encode() for text in seen if text)]
    secrets += [base64.b64decode(text) for text in seen if text]
    secrets += [Keyring.unlock(installation.home, b"").catalogue_key()]
    assert len(secrets) > 3
    for path in installation.home.path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not any(secret in data for secret in secrets), path


def test_show_says_what_wraps_and_no_secret(installation: Installation, service: FakeService) -> None:
    shown = muniment("key", "wrapper", "show", "--home", installation.home.path)
    assert f"under the key muniment of {service.url}, mount transit" in shown.stdout
    assert TOKEN not in shown.stdout
    document = json.loads(
        muniment("key", "wrapper", "show", "--json", "--home", installation.home.path).stdout
    )
    assert document["kind"] == "key-service"
    assert document["own"] == {installation.organisation: ""}


def test_set_changes_it_and_back(tmp_path: Path, service: FakeService) -> None:
    home = Home(tmp_path / "home")
    setup.create_installation(home, name="Firm", passphrase=b"correct horse", cost=CHEAP)
    for name, text in (("old", "correct horse\n"), ("new", "battery staple\n")):
        (tmp_path / name).write_text(text)
    words = ("key", "wrapper", "set", "--home", home.path)
    assert muniment(*words).returncode == WrongUseError.exit_status
    assert muniment(*words, "--key-name", "x").returncode == WrongUseError.exit_status
    named = ("--key-service", service.url, "--token-file", service.token_file, "--key-name", "muniment")
    both = muniment(*words, *named, "--new-passphrase-file", tmp_path / "new")
    assert both.returncode == WrongUseError.exit_status
    done = muniment(*words, *named, "--passphrase-file", tmp_path / "old")
    assert (done.returncode, done.stderr) == (0, "")
    assert Keyring.unlock(home, b"").organisations
    done = muniment(*words, "--new-passphrase-file", tmp_path / "new")
    assert (done.returncode, done.stderr) == (0, "")
    assert Keyring.unlock(home, b"battery staple").organisations
    shown = muniment("key", "wrapper", "show", "--home", home.path)
    assert "under a passphrase" in shown.stdout


def test_a_backup_is_restored_while_the_service_says_yes(
    installation: Installation, service: FakeService, tmp_path: Path
) -> None:
    made = muniment("backup", tmp_path / "backup", "--home", installation.home.path)
    assert made.returncode == 0, made.stderr
    service.tokens = set()
    words = ("restore", tmp_path / "backup", "--home", tmp_path / "again")
    done = muniment(*words)
    assert (done.returncode, "does not take the token" in done.stderr) == (RefusedError.exit_status, True)
    service.tokens = {TOKEN}
    assert muniment(*words).returncode == 0
    assert Keyring.unlock(Home(tmp_path / "again"), b"").organisations == (installation.organisation,)


def test_a_generation_from_before_the_turn_is_refused_once_the_service_has_destroyed_its_key(
    service: FakeService, tmp_path: Path
) -> None:
    home, folder = Home(tmp_path / "home"), tmp_path / "backup"
    named = ("--key-service", service.url, "--token-file", service.token_file, "--key-epochs")
    done = muniment("init", "--home", home.path, "--organisation", "Firm", *named, "--json")
    assert done.returncode == 0, done.stderr
    organisation = json.loads(done.stdout)["organisation"]
    assert muniment("backup", folder, "--home", home.path).returncode == 0
    assert muniment("backup", "drill", folder).returncode == 0
    assert muniment("key", "turn", "--home", home.path).returncode == 0
    del service.keys[f"muniment-{organisation}-1"]
    done = muniment("backup", "drill", folder)
    assert (done.returncode, "made after the last turn" in done.stderr) == (RefusedError.exit_status, True)
    assert muniment("backup", folder, "--home", home.path).returncode == 0
    assert muniment("backup", "drill", folder).returncode == 0
