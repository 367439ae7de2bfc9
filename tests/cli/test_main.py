"""The command lists every verb without loading any, and gives errors their status."""

import os
import subprocess
import sys

import pytest

from muniment.cli import main


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
