"""Measuring against rtpengine works with few calls; what it measures is never judged here."""

from pathlib import Path

import pytest

from muniment.bench import rtp_load, rtp_peer
from muniment.core.errors import NotAvailableError


def test_a_figure_comes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(rtp_peer, "CALLS", 2)
    monkeypatch.setattr(rtp_load, "WARM", 0.5)
    try:
        figure = rtp_peer.measure()
    except NotAvailableError as error:
        pytest.skip(f"This machine cannot run it: {error}")
    assert figure.ratio > 0


def test_requests_are_bencoded() -> None:
    asked: dict[str, rtp_peer.Value] = {"flags": ["a", "bc"], "command": "ping"}
    assert rtp_peer.encoded(asked) == b"d7:command4:ping5:flagsl1:a2:bcee"
