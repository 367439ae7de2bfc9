"""`muniment source test-call` where nothing runs; with a recorder it is tried in tests/faults."""

import json

from typer.testing import CliRunner, Result

from muniment.capture.calls.switch.trial import Step
from muniment.cli import trial
from muniment.cli.main import build
from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from tests.capture.calls.client import ORGANISATION

SETTINGS = f"""
[[calls.listeners]]
listen = "127.0.0.1:5060"
[[calls.sources]]
organisation = "{ORGANISATION}"
name = "sbc"
networks = ["192.0.2.0/24"]
"""


def run(home: Home, *words: str) -> Result:
    arguments = ["source", "test-call", *words, "--home", str(home.path)]
    return CliRunner().invoke(build(arguments), arguments)


def test_a_recorder_that_does_not_run_is_named_with_what_to_do(home: Home) -> None:
    home.settings.write_text(SETTINGS)
    done = run(home)
    assert done.exit_code == 1
    assert "FAILED recorder" in done.stdout
    assert "muniment doctor" in done.stdout
    assert "Not well" in done.stdout
    [step] = json.loads(run(home, "--json").stdout)["steps"]
    assert (step["name"], step["well"]) == ("recorder", False)


def test_what_makes_no_sense_as_written_is_said_before_anything_is_tried(home: Home) -> None:
    assert isinstance(run(home).exception, WrongUseError)
    home.settings.write_text(SETTINGS)
    assert isinstance(run(home, "--source", "other").exception, WrongUseError)
    assert isinstance(run(home, "--transport", "tls").exception, WrongUseError)


def test_a_step_is_a_line_and_its_remedy_another() -> None:
    good = trial.line(Step("packets", well=True, milliseconds=1234, says="all there"))
    assert good == "ok     packets       1.23 s  all there"
    bad = trial.line(Step("packets", well=False, milliseconds=1, says="three are missing", remedy="Look."))
    assert bad.splitlines()[1].strip() == "Look."
