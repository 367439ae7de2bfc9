"""Microsoft Graph call records."""

from pathlib import Path

from muniment.capture.calls.spool import graph
from muniment.capture.calls.spool.fields import Mapped

RECORD = b"""{"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#communications/callRecords/$entity",
 "startDateTime": "2026-03-01T10:00:00.1234567Z", "endDateTime": "2026-03-01T10:02:00Z", "id": "c-1", "type": "peerToPeer",
 "organizer": {"phone": {"id": "+441632960001"}}, "participants": [{"phone": {"id": "+441632960001"}},
 {"user": {"id": "u-7", "displayName": "Ann"}}]}"""


def test_a_call_record_says_who_and_when() -> None:
    (found,) = graph.read(RECORD, Mapped(), "x.json")
    assert (found.call, found.caller, found.called, found.called_name) == (
        "c-1",
        "+441632960001",
        "u-7",
        "Ann",
    )
    assert (found.started, found.ended) == (1_772_359_200_123, 1_772_359_320_000)
    assert found.was_answered


def test_a_list_of_records_gives_each() -> None:
    assert (
        len(
            graph.read(b'{"value": [' + RECORD + b"," + RECORD.replace(b"c-1", b"c-2") + b"]}", Mapped(), "x")
        )
        == 2
    )


def test_microsoft_s_own_samples_are_read(shared_data: Path) -> None:
    folder = shared_data / "calls" / "graph"
    for path in sorted(folder.glob("*.json")):
        data = path.read_bytes()
        assert graph.looks_like(data), path.name
        accounts = graph.read(data, Mapped(), path.name)
        assert accounts, path.name
        assert all(each.call and each.started and each.ended >= each.started for each in accounts), path.name


def test_a_session_that_failed_was_not_answered() -> None:
    data = b"""{"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#communications/callRecords('c-9')/sessions",
    "value": [{"id": "s-1", "startDateTime": "2026-03-01T10:00:00Z", "endDateTime": "2026-03-01T10:00:09Z",
    "caller": {"identity": {"user": {"id": "u-1"}}}, "callee": {"identity": {"user": {"id": "u-2"}}}, "failureInfo": {}},
    {"id": "s-2", "startDateTime": "2026-03-01T10:00:00Z", "endDateTime": "2026-03-01T10:00:09Z",
    "caller": {}, "callee": {}, "failureInfo": {"stage": "callSetup"}}]}"""
    first, second = graph.read(data, Mapped(), "x")
    assert (first.group, first.call, first.caller, first.called) == ("c-9", "s-1", "u-1", "u-2")
    assert (first.was_answered, second.was_answered) == (True, False)
