"""Meetings with their JSON beside."""

import json

import pytest

from muniment.capture.calls.spool.fields import Mapped
from muniment.capture.calls.spool.meetings import looks_like, read
from muniment.core.errors import WrongUseError

TEAMS = {
    "@odata.type": "#microsoft.graph.callRecording",
    "id": "rec-1",
    "meetingId": "meet-1",
    "callId": "call-1",
    "createdDateTime": "2026-03-01T10:00:00Z",
    "endDateTime": "2026-03-01T10:30:00Z",
    "meetingOrganizer": {"user": {"id": "u1", "displayName": "Asha", "userPrincipalName": "asha@x.example"}},
}
ZOOM = {
    "uuid": "zoom-1",
    "id": 81234567890,
    "host_email": "asha@x.example",
    "start_time": "2026-03-01T10:00:00Z",
    "duration": 30,
    "recording_files": [
        {"id": "f1", "recording_start": "2026-03-01T10:00:00Z", "recording_end": "2026-03-01T10:30:00Z", "file_name": "audio.m4a", "recording_type": "audio_only"},
        {"id": "f2", "recording_start": "2026-03-01T10:00:00Z", "recording_end": "2026-03-01T10:30:00Z", "file_name": "video.mp4"},
    ],
    "participants": [{"name": "Bo", "user_email": "bo@x.example"}],
}  # fmt: skip


def test_teams_tells_the_organiser_and_the_times() -> None:
    data = json.dumps({"value": [TEAMS]}).encode()
    assert looks_like(data)
    (found,) = read(data, Mapped(), "x")
    facts = found.account.facts("c")
    assert (facts.started, facts.ended, facts.global_id) == (1_772_359_200_000, 1_772_361_000_000, "call-1")
    assert found.people == (("Asha", "asha@x.example"),)
    assert facts.parties[0].name == "Asha"


def test_zoom_tells_of_each_file_of_one_meeting() -> None:
    first, second = read(json.dumps(ZOOM).encode(), Mapped(), "x")
    assert (first.account.recording, second.account.recording) == ("audio.m4a", "video.mp4")
    assert first.account.group == second.account.group == "zoom-1"
    assert first.people[-1] == ("Bo", "bo@x.example")


@pytest.mark.parametrize(
    "data", [b"[]", b'{"value": 3}', b'{"recording_files": 3}', b'{"meetingOrganizer": 3}']
)
def test_odd_files_give_what_they_can(data: bytes) -> None:
    for one in read(data, Mapped(), "x"):
        one.account.facts("c")


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(WrongUseError):
        read(b"{", Mapped(), "x")
