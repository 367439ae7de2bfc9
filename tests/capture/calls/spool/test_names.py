"""Names of recordings that tell of their call."""

from muniment.capture.calls.spool.fields import Mapped
from muniment.capture.calls.spool.names import meeting, three_cx

MAPPED = Mapped()


def test_a_recording_of_3cx_names_both_sides_and_its_folder_the_extension() -> None:
    found = three_cx("[Lee%2C Ann]_101-07700900123_20260301100000(1234)", "101", MAPPED, "x")
    assert found is not None
    facts = found.facts("c")
    assert [(one.name, one.dialled, one.extension) for one in facts.parties] == [
        ("Lee, Ann", "101", "101"), ("", "07700900123", ""),
    ]  # fmt: skip
    assert (facts.direction, facts.started, found.call) == ("outbound", 1_772_359_200_000, "1234")
    inbound = three_cx("[Bo]_01632960001-102_20260301100000(7)", "102", MAPPED, "x")
    assert inbound is not None
    assert inbound.facts("c").direction == "inbound"


def test_meetings_of_teams_and_zoom_are_known_by_their_names() -> None:
    teams = meeting("Weekly sales-20260301_100000-Meeting Recording", "any", MAPPED, "x")
    zoom = meeting("audio1234", "2026-03-01 10.00.00 Weekly sales 81234567890", MAPPED, "x")
    assert teams is not None
    assert zoom is not None
    assert teams.started == zoom.started == 1_772_359_200_000
    assert zoom.call == "81234567890"


def test_other_names_are_not_guessed_at() -> None:
    assert three_cx("a_b-c", "101", MAPPED, "x") is None
    assert meeting("audio", "Music", MAPPED, "x") is None
