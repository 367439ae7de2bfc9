"""Measuring `read` works with little input; what it measures is never judged here."""

from pathlib import Path

import pytest

from muniment.bench import read
from muniment.core.errors import NotAvailableError


def test_a_figure_comes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(read, "RECORDS", 3)
    try:
        figure = read.measure()
    except NotAvailableError as error:
        pytest.skip(str(error))
    assert figure.name == "read"
    assert figure.ratio > 0
