"""Measuring `rtp` works with few calls; what it measures is never judged here."""

from pathlib import Path

import pytest

from muniment.bench import rtp, rtp_load
from muniment.core.errors import NotAvailableError


def test_a_figure_comes_out_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for module, name, value in (
        (rtp, "CALLS", (2,)),
        (rtp, "ROUNDS", (2,)),
        (rtp, "WINDOW", 0.5),
        (rtp, "FREEZE", 1.0),
        (rtp_load, "WARM", 0.5),
    ):
        monkeypatch.setattr(module, name, value)
    try:
        figure = rtp.measure()
    except NotAvailableError as error:
        pytest.skip(str(error))
    assert (figure.name, figure.lost) == ("rtp", 0)
    assert set(figure.calls) == {"2"}
