"""`muniment source test-mapping`."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from muniment.cli.main import build
from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from tests.capture.calls.spool.test_mapping import FILE

SETTINGS = """
[[calls.mapping]]
name = "hosted"
zone = "Europe/London"
[calls.mapping.columns]
call = "Call Ref"
caller = "A Number"
called = "B Number"
started = "Begin"
seconds = "Length"
direction = "Way"
recording = "File"
[calls.mapping.directions]
Ankommend = "inbound"
"""


def run(home: Home, *words: object) -> Result:
    arguments = ["source", "test-mapping", *map(str, words), "--home", str(home.path)]
    return CliRunner().invoke(build(arguments), arguments)


@pytest.fixture
def file(home: Home) -> Path:
    home.settings.write_text(SETTINGS)
    path = home.path / "test.csv"
    path.write_text(FILE)
    return path


def test_gaps_are_named_and_decide_the_status(home: Home, file: Path) -> None:
    said = run(home, file, "--mapping", "hosted", "--json")
    assert said.exit_code == 1
    found = json.loads(said.stdout)
    assert found["rows"] == 2
    assert "recording: 1 of 2 rows have none" in found["gaps"]


def test_a_whole_file_has_none(home: Home, file: Path) -> None:
    file.write_text("\n".join(FILE.splitlines()[:2]) + "\n")
    said = run(home, file, "--mapping", "hosted")
    assert said.exit_code == 0, said.output
    assert "No gaps." in said.stdout
    assert "01/03/2026 10:00" in said.stdout


def test_a_file_that_is_not_there_is_said(home: Home) -> None:
    assert isinstance(run(home, home.path / "no.csv").exception, NotAvailableError)
