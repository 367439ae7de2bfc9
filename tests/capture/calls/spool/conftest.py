"""A spool folder of a test."""

from pathlib import Path

import pytest

from tests.capture.calls.spool.samples import Spool


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    """An empty folder."""
    return Spool(tmp_path / "spool")
