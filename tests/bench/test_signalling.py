"""Measuring signalling works with a few calls; what it measures is never judged here."""

from pathlib import Path

import pytest

from muniment.bench import signalling

pytestmark = pytest.mark.needs("sipp")


def test_a_figure_comes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(signalling, "CALLS", 5)
    monkeypatch.setattr(signalling, "ROUNDS", 2)
    figure = signalling.measure()
    assert figure.ratio > 0
    assert all(value > 0 for value in figure.details.values())
    assert not list(tmp_path.iterdir())
