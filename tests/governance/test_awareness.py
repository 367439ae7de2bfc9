"""What is recorded of one person, and that they were told."""

from datetime import date

import msgspec
import pytest

from muniment.core.announcement_settings import Announcement
from muniment.core.assurance_settings import AssuranceSettings, UnrecordedLine
from muniment.core.call_settings import CallSettings, CallSource
from muniment.core.errors import WrongUseError
from muniment.core.line_settings import LineSettings
from muniment.core.rule_settings import RecordingRule
from muniment.core.tags import EventTag
from muniment.governance import awareness, compare
from muniment.people.views import PersonView
from tests.governance.house import House
from tests.governance.test_announcements import publish


def chosen(house: House, **changes: object) -> CallSettings:
    organisation = house.organisation
    rules = [
        {"name": "council", "category": "works council", "decision": "leave-out", "reason": "agreed", "lines": ("299",)},
        {"name": "support", "category": "client support", "decision": "record", "lines": ("20*",), "directions": ("inbound",)},
    ]  # fmt: skip
    given = {
        "sources": (CallSource(organisation=organisation, name="sbc", networks=("10.0.0.0/8",)),),
        "line": (
            LineSettings(
                organisation=organisation,
                name="desks",
                lines=("201",),
                staff=("tone", "page"),
                tone_hertz=1400,
            ),
        ),
        "rule": tuple(RecordingRule.model_validate({"organisation": organisation, **each}) for each in rules),
        "assurance": AssuranceSettings(unrecorded=(UnrecordedLine(line="ext:777", reason="personal-line"),)),
        **changes,
    }
    return CallSettings(**given)


def person(house: House, *addresses: str) -> PersonView:
    eve = house.person("eve")
    return PersonView(
        eve.id, eve.organisation, eve.name, eve.kind, eve.email, eve.roles, addresses, eve.line_manager
    )


def test_lines_mailboxes_rules_and_announcements_of_one_person(house: House) -> None:
    publish(house, lines=("201",))
    publish(house, name="sales", lines=("555",))
    eve = person(house, "eve@firm.example", "ext:201", "ext:777", "sip:eve@pbx.example")
    known = {"organisation": house.organisation, "file": "x"}
    named = (
        Announcement(name="menu", lines=("201",), **known),
        Announcement(name="old", until=date(2020, 1, 1), **known),
        Announcement(name="theirs", **{**known, "organisation": "org_b"}),
    )
    found = awareness.about(eve, chosen(house, announcement=named))
    assert found.mailboxes == ("eve@firm.example",)
    line, personal, phone = found.lines
    assert (line.address, line.recorded, line.sources, line.tone_hertz) == ("ext:201", True, ("sbc",), 1400)
    assert len(line.manners) == 2
    assert (personal.recorded, personal.not_recorded) == (False, "personal-line")
    assert phone.manners == ()
    assert [(each.category, each.where) for each in found.rules] == [
        ("client support", ("calls that come in", "line 20*"))
    ]
    assert [(each.name, each.number > 0) for each in found.announcements] == [
        ("welcome", True),
        ("menu", False),
    ]
    assert any("Data Controller" in each.deciders for each in found.asking)
    assert found.told is None


def test_where_nothing_is_set_up_no_line_is_recorded(house: House) -> None:
    found = awareness.about(person(house, "ext:201"), CallSettings())
    assert not found.lines[0].recorded
    assert found.announcements == ()


def test_only_living_records_that_name_the_person_are_counted(house: House) -> None:
    house.records(2)
    found = awareness.about(house.person("eve"), chosen(house))
    assert set(found.kept) <= {"e-mail"}


def test_whoever_says_that_they_were_told_is_asked_again_when_it_changes(house: House) -> None:
    eve, settings = person(house, "ext:201"), chosen(house)
    shown = awareness.about(eve, settings)
    awareness.acknowledge(house.desk, eve, settings, shown.digest)
    assert awareness.about(eve, settings).told_this
    assert set(awareness.told(house.organisation)) == {eve.id}
    changed = awareness.about(eve, chosen(house, rule=()))
    assert changed.told is not None
    assert not changed.told_this
    with pytest.raises(WrongUseError, match="changed"):
        awareness.acknowledge(house.desk, eve, chosen(house, rule=()), shown.digest)
    acts = [
        act
        for act in house.desk.acts(house.organisation, -1, 1000)
        if EventTag.AWARENESS_ACKNOWLEDGED.encode() in act.clear
    ]
    assert len(acts) == 1
    assert msgspec.json.decode(acts[0].body)["facts"]["shown"] == shown.digest
    assert compare.compare(house.desk, house.organisation) == ()
