"""Measuring `playback` works with little input; what it measures is never judged here."""

from pathlib import Path

import pytest

from muniment.bench import playback


def test_a_figure_comes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(playback, "SECONDS", 30)
    monkeypatch.setattr(playback, "TURNS", 1)
    figure = playback.measure()
    assert figure.name == "playback"
    assert figure.ratio > 0
