"""`muniment import` on a real installation with a real keeper."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from muniment.cli.main import build
from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from muniment.vault import setup
from muniment.vault.client import connect
from tests.vault.firm import CHEAP

PASSPHRASE = b"correct horse"
CANARY = b"zyxkumquat"


@pytest.fixture
def installation(tmp_path: Path) -> tuple[Home, Path, str]:
    """A home, its passphrase file and its organisation."""
    home, secret = Home(tmp_path / "home"), tmp_path / "passphrase"
    secret.write_bytes(PASSPHRASE)
    founding, _ = setup.create_installation(home, name="Firm", passphrase=PASSPHRASE, cost=CHEAP)
    return home, secret, founding.organisation


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "mail"
    path.mkdir()
    for number in range(300):
        (path / f"{number}.eml").write_bytes(b"Subject: %s %d\r\n\r\nbody\r\n" % (CANARY, number))
    (path / "a.msg").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    return path


def run(home: Home, secret: Path, *words: object) -> Result:
    arguments = ["import", "--home", str(home.path), "--passphrase-file", str(secret), *map(str, words)]
    return CliRunner().invoke(build(arguments), arguments)


def sealed(home: Home) -> int:
    with connect(home, PASSPHRASE) as doors:
        return sum(each.records for each in doors.desk.status().organisations)


def test_it_seals_everything_once_and_says_how_much(
    installation: tuple[Home, Path, str], folder: Path
) -> None:
    home, secret, organisation = installation
    first = run(home, secret, folder, "--organisation", organisation, "--json")
    assert first.exit_code == 0, first.output
    said = json.loads(first.stdout)
    assert said.pop("seconds") > 0
    assert said == {
        "seen": 301, "sealed": 301, "already_held": 0, "unreadable": 1, "failed": 0,
        "bytes": sum(path.stat().st_size for path in folder.iterdir()),
    }  # fmt: skip
    second = json.loads(run(home, secret, folder, "--json").stdout)
    assert (second["sealed"], second["already_held"]) == (0, 301)
    assert sealed(home) == 301


def test_no_word_of_a_message_and_no_digest_rests_in_the_home(
    installation: tuple[Home, Path, str], folder: Path
) -> None:
    home, secret, _ = installation
    run(home, secret, folder)
    held = b"".join(path.read_bytes() for path in home.path.rglob("*") if path.is_file())
    assert CANARY not in held
    assert b".eml" not in held


def test_what_failed_is_named_and_shows_in_the_status(
    installation: tuple[Home, Path, str], folder: Path
) -> None:
    home, secret, _ = installation
    (folder / "dangling.eml").symlink_to(folder / "nowhere")
    result = run(home, secret, folder)
    assert result.exit_code == 4
    assert "dangling.eml" in result.stderr
    assert "1 failed" in result.stdout


@pytest.mark.parametrize(
    ("words", "said"), [(["--organisation", "org_x"], "org_x"), (["--mbox-dialect", "mboxx"], "mboxx")]
)
def test_a_slip_is_named(
    installation: tuple[Home, Path, str], folder: Path, words: list[str], said: str
) -> None:
    home, secret, _ = installation
    result = run(home, secret, folder, *words)
    assert isinstance(result.exception, WrongUseError)
    assert said in str(result.exception)


def test_ctrl_c_ends_it_cleanly_and_the_same_command_goes_on(
    installation: tuple[Home, Path, str], tmp_path: Path
) -> None:
    home, secret, _ = installation
    box = tmp_path / "big.mbox"
    message = b"From ann@x Mon Mar  4 23:46:15 2019\nSubject: %d\n\n" + b"words and words\n" * 600 + b"\n"
    box.write_bytes(b"".join(message % number for number in range(6000)))
    verb = "from muniment.cli.main import run; run()"
    options = ["--home", str(home.path), "--passphrase-file", str(secret), "--json"]
    command = [sys.executable, "-c", verb, "import", str(box), *options]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    pack = home.path / "vault"
    while not any(path.stat().st_size > 100_000 for path in pack.rglob("*.pack")):
        assert child.poll() is None
        time.sleep(0.01)
    os.killpg(child.pid, signal.SIGINT)  # as a terminal does: the keeper of this command hears it too
    out, err = child.communicate(timeout=60)
    first = json.loads(out)
    assert child.returncode == 130, err
    assert 0 < first["sealed"] < 6000
    assert sealed(home) == first["sealed"]
    second = json.loads(run(home, secret, box, "--json").stdout)
    assert second["sealed"] == 6000 - first["sealed"]
    assert sealed(home) == 6000
