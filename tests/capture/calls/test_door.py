"""The recorder's socket from the other side."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from muniment.capture.calls.control import Control, SilenceCall, TakeAnnouncements, Told
from muniment.capture.calls.door import RecorderDoor
from muniment.core.errors import NotAvailableError
from tests.capture.calls.test_control import STATE, answer


@pytest.fixture
def door(tmp_path: Path) -> Iterator[RecorderDoor]:
    path = tmp_path / "recorder.sock"
    loop = asyncio.new_event_loop()
    control = Control(path, answer)
    loop.run_until_complete(control.start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield RecorderDoor(path)
    asyncio.run_coroutine_threadsafe(control.stop(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_it_asks_and_hears(door: RecorderDoor) -> None:
    assert door.state() == STATE
    assert door.silence(SilenceCall("call_1", True, "api", "per_a")).done
    assert not door.silence(SilenceCall("call_2", True, "api", "per_a")).done


def test_a_recorder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotAvailableError, match="does not answer"):
        RecorderDoor(tmp_path / "none.sock").state()


def test_announcements_of_several_minutes_arrive_whole(door: RecorderDoor) -> None:
    told = Told("welcome", 1, "en-GB", (), (), (), date(2026, 3, 1), None, bytes(960_000))
    assert door.announce(TakeAnnouncements("org_a", "now", (told, told))).done
