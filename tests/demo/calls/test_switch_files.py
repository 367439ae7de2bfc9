"""What the switch leaves, as the import reads it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from muniment.capture.calls.spool import finding, listing, matching
from muniment.capture.calls.spool.fields import Mapped
from muniment.demo.calls import script, switch_files

DAY = datetime(2026, 6, 29, 9, 0, tzinfo=UTC)
CALLS = [call for call in script.load().call if not call.live]
BEGUN = {call.key: DAY + timedelta(minutes=20 * number) for number, call in enumerate(CALLS)}


def refuse(path: str, reason: str) -> None:
    raise AssertionError((path, reason))


def test_every_recording_finds_its_account_and_the_one_that_is_missing_is_named(tmp_path: Path) -> None:
    accounts = switch_files.leave(tmp_path, BEGUN, CALLS)
    matches = matching.match(finding.survey([tmp_path], refuse), refuse)
    by_channel = sorted(one.channel for one in matches.recordings)
    assert by_channel == ["call"] * (len(accounts) - 1) + ["voicemail"]
    assert all(one.account is not None for one in matches.recordings)
    [missing] = matches.unrecorded
    assert (missing.extension, missing.was_answered) == ("418", True)


def test_the_account_says_who_which_way_and_how_long(tmp_path: Path) -> None:
    accounts = switch_files.leave(tmp_path, BEGUN, CALLS)
    read = {one.call: one for one in listing.read(switch_files.written(accounts), "cdr.csv", Mapped())}
    for each in accounts:
        found = read[each.name]
        caller, called = script.phone(each.call.caller), script.phone(each.call.called)
        assert (found.caller, found.caller_name) == (caller.dialled, caller.name)
        assert (found.called, found.called_name) == (called.dialled, called.name)
        assert (found.direction, found.queue) == (each.call.direction, each.call.queue)
        assert abs(found.answered - each.answered.timestamp() * 1000) < 1000
        assert abs(found.seconds - (each.ended - each.answered).total_seconds()) <= 1
        assert found.facts("x").defects == ()


def test_a_day_has_one_file(tmp_path: Path) -> None:
    begun = {key: moment - timedelta(days=number % 2) for number, (key, moment) in enumerate(BEGUN.items())}
    switch_files.leave(tmp_path, begun, CALLS)
    assert sorted(path.name for path in (tmp_path / "cdr").iterdir()) == ["2026-06-28.csv", "2026-06-29.csv"]
