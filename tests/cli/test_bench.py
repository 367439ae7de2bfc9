"""`muniment bench` finds its benchmarks and prints their figure."""

import json

import pytest
from typer.testing import CliRunner, Result

from muniment.bench import append
from muniment.bench.figures import Figure
from muniment.cli.bench import benchmarks
from muniment.cli.main import build
from muniment.core.errors import WrongUseError

FIGURE = Figure("append", 2.0, 4.0, 0.5, "leaves/s", (0.4, 0.6), "C")


def run(*words: str) -> Result:
    arguments = ["bench", *words]
    return CliRunner().invoke(build(arguments), arguments)


def test_what_there_is_to_measure():
    assert {"seal", "verify", "append", "durable"} <= set(benchmarks())
    assert not {"figures", "limits", "mails", "workshop"} & set(benchmarks())
    assert "seal" in run("list").stdout.split()
    assert isinstance(run("nonsense").exception, WrongUseError)


def test_a_figure_for_a_person_and_as_json(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(append, "measure", lambda: FIGURE)
    assert "ratio 0.5" in run("append").stdout
    document = json.loads(run("append", "--json").stdout)
    assert {"name", "ours", "limit", "ratio", "unit"} <= set(document)
