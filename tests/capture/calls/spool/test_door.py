"""The socket on which recordings are handed over, and which tells how it goes."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from muniment.capture.calls.spool.door import DoorServer, PlaceState, SpoolDoor
from muniment.capture.calls.spool.looks import LookState
from muniment.capture.calls.spool.upload import BeginUpload
from muniment.core.errors import MunimentError, NotAvailableError, WrongUseError
from muniment.vault import wire
from tests.capture.calls.spool.samples import sound
from tests.capture.calls.spool.test_upload import FACTS, Here
from tests.capture.memory_keeper import ORGANISATION

STATE = PlaceState("/srv/monitor", 30, LookState(looked=5, well=5, sealed=2))
BEGIN = BeginUpload(ORGANISATION, "carrier", "call.wav")


@pytest.fixture
def here(tmp_path: Path) -> Here:
    return Here(tmp_path)


@pytest.fixture
def door(here: Here, tmp_path: Path) -> Iterator[SpoolDoor]:
    server = DoorServer(tmp_path / "spool.sock", lambda: (STATE,), here.uploads)
    threading.Thread(target=server.serve, daemon=True).start()
    yield SpoolDoor(tmp_path / "spool.sock")
    server.close()


def test_it_tells_how_the_looks_went(door: SpoolDoor) -> None:
    assert door.looks() == (STATE,)


def test_a_recording_is_handed_over_block_by_block(here: Here, door: SpoolDoor) -> None:
    with door.handing_over(BEGIN) as handing:
        for at in range(0, len(sound(1)), 100):
            handing.send(sound(1)[at : at + 100])
        taken = handing.finish(FACTS)
    assert not taken.held_before
    assert here.keeper.originals() == [sound(1)]


def test_what_breaks_off_is_not_kept(here: Here, door: SpoolDoor) -> None:
    with door.handing_over(BEGIN) as handing:
        handing.send(sound(1))
    with door.handing_over(BEGIN) as handing:  # the one before has let go of everything
        handing.send(sound(2))
        handing.finish(FACTS)
    assert here.keeper.originals() == [sound(2)]


def test_a_refusal_comes_through_whenever_it_is_made(door: SpoolDoor) -> None:
    with pytest.raises(WrongUseError, match="no source"):
        door.handing_over(BeginUpload(ORGANISATION, "another", "call.wav")).__enter__()
    with door.handing_over(BEGIN) as handing:
        handing.send(sound(1))
        with pytest.raises(WrongUseError, match="when the call began"):
            handing.finish(b"{}")
    with door.handing_over(BEGIN) as handing, pytest.raises(MunimentError, match=r"at most|Nobody takes"):
        handing.send(bytes(80_000_000))


def test_nonsense_on_the_socket_harms_nobody(door: SpoolDoor) -> None:
    for frame in (b"", b"\xff" * 40, b"\x81\xa4type\xa4Seal"):
        with socket.socket(socket.AF_UNIX) as raw:
            raw.connect(str(door.path))
            wire.send(raw, frame)
            assert b"WrongUseError" in (wire.receive(raw) or b"")
    with socket.socket(socket.AF_UNIX) as raw:
        raw.connect(str(door.path))
        raw.sendall(b"\xff\xff\xff\xff")
    assert door.looks() == (STATE,)


def test_nobody_answers_where_no_process_runs(tmp_path: Path) -> None:
    with pytest.raises(NotAvailableError, match="Nobody takes"):
        SpoolDoor(tmp_path / "none").looks()
