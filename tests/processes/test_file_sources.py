"""What is said of where recordings come from as files."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from muniment.capture.calls.spool.door import DoorServer, PlaceState
from muniment.capture.calls.spool.looks import LookState
from muniment.capture.calls.spool.upload import Uploads
from muniment.core import clock
from muniment.core.home import Home
from muniment.processes import file_sources
from muniment.processes.findings import Finding, State

SETTINGS = """
[[calls.spool]]
organisation = "org_a"
path = "{path}"
[[calls.carrier]]
organisation = "org_a"
host = "sftp.carrier.example"
user = "us"
host_key = "ssh-ed25519 AAAA"
password_file = "/none"
[[calls.upload]]
organisation = "org_a"
source = "crm"
"""
CARRIER = "sftp://sftp.carrier.example:22/."


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.settings.parent.mkdir(parents=True)
    made.settings.write_text(SETTINGS.format(path=tmp_path))
    return made


@pytest.fixture
def told(home: Home, monkeypatch: pytest.MonkeyPatch) -> Callable[[LookState], dict[str, Finding]]:
    """What is said where the process tells this of the carrier."""
    monkeypatch.setattr(file_sources, "serving", lambda _home: 4711)

    def of(look: LookState) -> dict[str, Finding]:
        state = PlaceState(CARRIER, 300, look)
        server = DoorServer(home.socket("spool"), lambda: (state,), Uploads([], None, None, None))  # type: ignore[arg-type]
        threading.Thread(target=server.serve, daemon=True).start()
        try:
            return {each.says.partition(" ")[0].rstrip(":"): each for each in file_sources.examine(home)}
        finally:
            server.close()

    return of


def test_nothing_is_said_where_nothing_is_set_up(tmp_path: Path) -> None:
    assert file_sources.examine(Home(tmp_path)) == ()


def test_while_nobody_runs_the_carrier_is_not_looked_at(home: Home, tmp_path: Path) -> None:
    folder, carrier, upload = file_sources.examine(home)
    assert (folder.state, carrier.state, upload.state) == (State.WELL, State.ATTENTION, State.WELL)
    assert str(tmp_path) in folder.says
    assert "crm" in upload.says


def test_trouble_of_the_last_look_is_said_with_what_to_do(
    told: Callable[[LookState], dict[str, Finding]],
) -> None:
    now = clock.seconds()
    found = told(LookState(looked=now, trouble="It has another key.", remedy="Ask the carrier."))[CARRIER]
    assert found.state is State.TROUBLE
    assert "another key" in found.says
    assert "never read" in found.says
    assert found.remedy == "Ask the carrier."


def test_files_that_were_left_and_looks_without_an_end_are_said(
    told: Callable[[LookState], dict[str, Finding]],
) -> None:
    now = clock.seconds()
    left = told(LookState(looked=now, well=now, refused=("a.wav: larger than 5 bytes",)))[CARRIER]
    assert (left.state, "a.wav" in left.says) == (State.ATTENTION, True)
    assert told(LookState(looked=1, well=1))[CARRIER].state is State.TROUBLE
    well = told(LookState(looked=now, well=now, sealed=7))[CARRIER]
    assert (well.state, "7 recordings" in well.says) == (State.WELL, True)
