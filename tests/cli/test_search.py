"""`muniment search` explains itself. What it does is tested in tests/search/test_locating.py."""

from typer.testing import CliRunner

from muniment.cli.main import build


def test_help_has_an_example() -> None:
    shown = CliRunner().invoke(build(["search"]), ["search", "--help"])
    assert shown.exit_code == 0
    assert "Example: muniment search" in shown.stdout


def test_a_search_without_a_warrant_is_wrong_use() -> None:
    shown = CliRunner().invoke(build(["search"]), ["search", "refund"])
    assert shown.exit_code == 2
