"""`muniment import` of call details."""

import json
import os
from pathlib import Path

import pytest

from muniment.capture.calls.spool.fields import Mapped
from muniment.cli import details
from muniment.core.home import Home
from tests.capture.calls.spool.test_asterisk import FREEPBX
from tests.cli.test_recordings import installation, run

__all__ = ["installation"]


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "Master.csv"
    path.write_text(FREEPBX)
    os.utime(path, (1, 1))
    return path


def test_a_file_of_calls_is_sealed_as_that(installation: tuple[Home, Path], listed: Path) -> None:
    home, secret = installation
    said = json.loads(run(home, secret, listed, "--json").stdout)
    assert (said["seen"], said["sealed"], said["failed"]) == (1, 1, 0)
    assert "held already" in run(home, secret, listed).stdout


def test_a_folder_is_taken_for_call_details_only_where_it_has_some(tmp_path: Path, listed: Path) -> None:
    assert details.are_details(listed, Mapped())
    assert details.are_details(tmp_path, Mapped())
    listed.write_text("name,price\nwood,3\n")
    assert not details.are_details(tmp_path, Mapped())
    assert not details.are_details(tmp_path / "nowhere", Mapped())
