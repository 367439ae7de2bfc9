"""Measuring `opus` works with little input; what it measures is never judged here."""

import pytest

from muniment.bench import opus


def test_a_figure_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opus, "SECONDS", 2)
    figure = opus.measure()
    assert figure.name == "opus"
    assert figure.ratio > 0
