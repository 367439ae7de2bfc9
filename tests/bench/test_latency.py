"""Measuring `latency` works with little input; what it measures is never judged here."""

from pathlib import Path

import pytest

from muniment.bench import latency
from muniment.core.errors import NotAvailableError


def test_a_figure_comes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(latency, "MAILS", 3)
    try:
        figure = latency.measure()
    except NotAvailableError as error:
        pytest.skip(str(error))
    assert figure.name == "latency"
    assert figure.ratio > 0
