"""`muniment serve`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from muniment.cli.main import build
from muniment.core.errors import NotAvailableError
from muniment.core.home import Home


def test_a_home_without_an_installation_is_said(home: Home, passphrase_file: Path) -> None:
    words = ["serve", "--home", str(home.path), "--passphrase-file", str(passphrase_file)]
    done = CliRunner().invoke(build(words), words)
    assert isinstance(done.exception, NotAvailableError)
    assert "muniment init" in done.exception.remedy


@pytest.mark.parametrize("word", ["--home", "--passphrase-file"])
def test_help_names_its_options(word: str) -> None:
    assert word in CliRunner().invoke(build(["serve"]), ["serve", "--help"]).output
