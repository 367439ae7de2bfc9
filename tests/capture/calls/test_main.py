"""The process says what it lacks."""

from pathlib import Path

import pytest

from muniment.capture.calls import main


def test_without_a_listener_it_says_what_to_add(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run([str(tmp_path)]) == 2
    assert "[[calls.listeners]]" in capsys.readouterr().err
    assert main.run([]) == 2
