"""Measuring `durable` works with little input; what it measures is never judged here."""

from pathlib import Path

import pytest

from muniment.bench import durable
from muniment.core.errors import NotAvailableError


def test_a_figure_comes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(durable, "BATCH", 8)
    try:
        figure = durable.measure()
    except NotAvailableError as error:
        pytest.skip(str(error))
    assert figure.name == "durable"
    assert figure.ratio > 0
