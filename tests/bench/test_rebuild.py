"""Measuring `rebuild` works with little input; what it measures is never judged here."""

from pathlib import Path

import pytest

from muniment.bench import rebuild
from muniment.core.errors import NotAvailableError


def test_a_figure_comes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(rebuild, "MAILS", 300)
    try:
        figure = rebuild.measure()
    except NotAvailableError as error:
        pytest.skip(str(error))
    assert figure.name == "rebuild"
    assert figure.ratio > 0
