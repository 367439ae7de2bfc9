"""`muniment demo`; what it does is tested in `tests/demo`."""

import pytest
from typer.testing import CliRunner

from muniment.cli.main import build
from muniment.core.errors import NotAvailableError
from muniment.core.home import Home


def test_the_tour_is_printed() -> None:
    done = CliRunner().invoke(build(["demo"]), ["demo", "tour"])
    assert done.exit_code == 0
    assert "9. Damage one byte" in done.output


@pytest.mark.parametrize("verb", ["send", "damage"])
def test_elsewhere_than_in_a_demo_nothing_is_done(home: Home, verb: str) -> None:
    done = CliRunner().invoke(build(["demo"]), ["demo", verb, "--home", str(home.path)])
    assert isinstance(done.exception, NotAvailableError)
