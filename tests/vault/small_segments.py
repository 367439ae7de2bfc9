"""Segments of a few bytes, so that tests have many of them."""

import pytest

from muniment.capture import stream
from muniment.vault import segments
from muniment.vault.keeper import streams

SMALL = 1000


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    for module in (segments, streams, stream):
        monkeypatch.setattr(module, "SEGMENT_BYTES", SMALL)
    return SMALL
