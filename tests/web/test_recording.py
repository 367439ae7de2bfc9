"""What is and is not recorded here."""

from typing import Any

import pytest

from muniment.core.call_settings import CallSettings, CallSource
from muniment.core.spool_settings import SpoolSettings
from muniment.web.recording import channels

OURS, THEIRS = "org_ours", "org_theirs"
SWITCH = CallSource(organisation=OURS, name="sbc", networks=("192.0.2.0/24",))
FOLDER = SpoolSettings(organisation=OURS, path="/var/spool/calls")


@pytest.mark.parametrize(
    ("calls", "recorded"),
    [(CallSettings(), False), (CallSettings(sources=(SWITCH,)), True), (CallSettings(spool=(FOLDER,)), True)],
)
def test_calls_are_said_to_be_recorded_where_they_are(calls: CallSettings, recorded: bool) -> None:
    said = {channel.name: channel.recorded for channel in channels(calls, OURS)}
    assert said["E-mail"]
    assert said["Telephone calls and voicemail"] is recorded
    assert not said["Web use, printing and sign-ins"]
    assert all(channel.words for channel in channels(calls, OURS))


@pytest.mark.parametrize(
    ("kind", "recorded"), [("meetings", True), ("auto", True), ("voicemail", False), ("asterisk", False)]
)
def test_meetings_are_recorded_where_their_recordings_are_taken_from_a_folder(
    kind: Any, recorded: bool
) -> None:
    folder = SpoolSettings(organisation=OURS, path="/srv/meetings", kind=kind)
    said = {channel.name: channel for channel in channels(CallSettings(spool=(folder,)), OURS)}
    assert said["Meetings"].recorded is recorded
    assert not said["Chat"].recorded
    assert "handed to it" in channels(CallSettings(), OURS)[2].words


def test_what_is_set_up_for_another_organisation_says_nothing_of_ours() -> None:
    assert not any(one.recorded for one in channels(CallSettings(sources=(SWITCH,)), THEIRS)[1:])
