"""`muniment doctor`."""

import json

from typer.testing import CliRunner

from muniment.cli.main import build
from muniment.core.home import Home


def test_trouble_has_its_exit_status_and_its_remedy(home: Home) -> None:
    done = CliRunner().invoke(build(["doctor"]), ["doctor", "--home", str(home.path)])
    assert done.exit_code == 4
    assert "muniment init" in done.output


def test_json_is_one_document(home: Home) -> None:
    done = CliRunner().invoke(build(["doctor"]), ["doctor", "--home", str(home.path), "--json"])
    findings = json.loads(done.output)["findings"]
    assert {"subject", "state", "says", "remedy"} <= findings[0].keys()
