"""The command lists every verb without loading any, and gives errors their status."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from muniment.cli import main
from muniment.core.errors import NotAvailableError
from tests.installations import muniment


def command(*words: str) -> subprocess.CompletedProcess[str]:
    """Run `muniment` as a person would."""
    code = "from muniment.cli.main import run; run()"
    return subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)


def test_help_names_every_verb() -> None:
    shown = command("--help")
    assert shown.returncode == 0
    assert all(f" {verb} " in shown.stdout for verb in main.VERBS)


def test_help_loads_no_room() -> None:
    code = (
        "import sys; from muniment.cli import main; main.build(['--help']);"
        "print(sorted(m for m in sys.modules if m.startswith(('muniment.', 'django', 'tantivy'))))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (
        shown.stdout.strip()
        == "['muniment.cli', 'muniment.cli.main', 'muniment.core', 'muniment.core.errors']"
    )


@pytest.mark.parametrize("verb", main.VERBS)
def test_each_verb_has_help(verb: str) -> None:
    shown = command(verb, "--help")
    assert shown.returncode == 0, shown.stderr
    assert "Usage: muniment " + verb in shown.stdout


def test_an_unknown_verb_is_wrong_use() -> None:
    assert command("sreve").returncode == 2


def test_completion_offers_the_verbs() -> None:
    code = "from muniment.cli.main import run; run()"
    environment = os.environ | {
        "_MUNIMENT_COMPLETE": "complete_bash",
        "COMP_WORDS": "muniment ver",
        "COMP_CWORD": "1",
    }
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment
    )
    assert "verify" in shown.stdout


def test_what_the_system_refuses_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("correct horse")
    (tmp_path / "file").write_text("no directory")
    done = muniment(
        "init",
        "--home",
        tmp_path / "file" / "home",
        "--organisation",
        "F",
        "--passphrase-file",
        tmp_path / "secret",
    )
    assert done.returncode == NotAvailableError.exit_status
    assert "Not a directory" in done.stderr
    assert "Traceback" not in done.stderr
