"""Measuring `scale` works with small vaults; what it measures is never judged here."""

from pathlib import Path

import pytest

from muniment.bench import scale
from muniment.core.errors import NotAvailableError


def test_figures_come_out_and_the_vaults_are_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(scale, "SIZES", (300, 600))
    figure = scale.measure()
    assert figure.ratio > 0
    assert figure.details["index against verify, 600 records: processor"] > 0
    assert {"open: growth", "verify: growth", "rebuild: growth"} <= set(figure.details)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(scale, "SIZES", (10**12,))
    with pytest.raises(NotAvailableError, match="room"):
        scale.measure()
    assert list(tmp_path.iterdir()) == []
