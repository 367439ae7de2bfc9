"""What doctor says of codecs that need a library of the machine."""

from pathlib import Path

import pytest

from muniment.core.home import Home
from muniment.processes import sound_health
from muniment.processes.findings import State
from muniment.readers.calls import libraries

SOURCE = '[[calls.sources]]\nname = "pbx"\norganisation = "org_aaaaaaaaaaaaaaaaaaaaaaaaaa"\nnetworks = ["192.0.2.0/24"]\n'


def home_with(tmp_path: Path, settings: str) -> Home:
    home = Home(tmp_path)
    home.settings.write_text(settings)
    return home


def test_where_no_calls_are_recorded_nothing_is_said(tmp_path: Path) -> None:
    assert list(sound_health.examine(home_with(tmp_path, ""))) == []
    assert list(sound_health.examine(home_with(tmp_path, "nonsense = ["))) == []


def test_what_is_missing_is_named_with_its_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = home_with(tmp_path, SOURCE)
    monkeypatch.setattr(libraries, "at_hand", lambda name: name == "amr")
    (found,) = sound_health.examine(home)
    assert "AMR-WB, G.729 are recorded" in found.says
    assert "install libopencore-amrwb0, libbcg729-0" in found.remedy
    monkeypatch.setattr(libraries, "at_hand", lambda _name: True)
    (found,) = sound_health.examine(home)
    assert (found.state, found.remedy) == (State.WELL, "")
