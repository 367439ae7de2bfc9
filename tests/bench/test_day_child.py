"""The process that lives through a day, for a few minutes."""

from pathlib import Path

from muniment.bench.day_child import BEGAN, KEY, Day, DayPlan, live
from muniment.capture.calls.live.spool import chunks
from tests.capture.calls.call_keeper import texts


def test_minutes_pass_and_reports_of_senders_are_written_down(tmp_path: Path) -> None:
    found = live(DayPlan(hours=0.1, calls=1, frame_ms=20, sweep_seconds=5, short_calls=3), tmp_path)
    assert (found.unaccounted, found.descriptors, found.rows) == (0, 0, 0)
    assert found.alignment_ms < 40
    data = b"".join(chunks(tmp_path / "call_0", "call_0", KEY))
    assert [each["what"] for each in texts(data, "E")].count("clock") >= 2 * 10


def test_its_clock_is_ours(tmp_path: Path) -> None:
    day = Day(tmp_path)
    day.step(3600)
    assert day.now == BEGAN + 3_600_000_000
    day.end()
