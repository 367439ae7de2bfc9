"""Who of the staff has been told that calls may be listened to."""

from datetime import date

from muniment.core.call_facts import StaffEvidence
from muniment.core.call_settings import CallSettings
from muniment.governance import awareness
from muniment.governance.staff_notice import manners, on_line, on_lines, told, untold
from muniment.people import services as people
from muniment.people.models import Person, PersonAddress
from tests.governance.house import House
from tests.governance.test_monitored import line_of
from tests.readers.calls.samples import the_facts


def test_staff_on_a_line_are_found_and_outsiders_are_not(house: House) -> None:
    line_of(house, "eve", "201")
    caller = people.add_person(house.organisation, "A caller")
    Person.objects.filter(pk=caller.id).update(kind=Person.Kind.CALLER)
    PersonAddress(person_id=caller.id, kind="telephone", address="+441632960123").save()
    found = on_lines(house.organisation, ["ext:201", "+441632960123"])
    assert [person.id for person in found] == [house.id("eve")]
    assert on_lines(house.organisation, []) == ()


def test_who_has_not_accepted_what_stands_has_not_been_told(house: House) -> None:
    line_of(house, "eve", "201")
    assert told(house.person("eve")), "nothing stands yet that could be accepted"
    published = people.publish(
        house.desk,
        people.draft_policy(
            house.organisation,
            subject="calls",
            number="1",
            title="Calls",
            text="Calls may be listened to while they last.",
            effective=date(2026, 1, 1),
        ),
    )
    assert not told(house.person("eve"))
    assert [one.id for one in untold(house.organisation, [], ["ext:201"])] == [house.id("eve")]
    assert {one.id for one in untold(house.organisation, [house.id("max")], ["ext:201"])} == {
        house.id("eve"),
        house.id("max"),
    }
    people.accept(house.desk, house.id("eve"), published.id, sha256=published.sha256, address=None)
    assert told(house.person("eve"))
    assert untold(house.organisation, [], ["ext:201"]) == ()


def test_another_notice_may_stand_behind_it(house: House) -> None:
    line_of(house, "eve", "201")
    assert untold(house.organisation, [], ["ext:201"], lambda person: person.name == "Eve") == ()
    assert untold(house.organisation, [], ["ext:201"], lambda _person: False)


def test_a_call_carries_how_its_line_tells_staff() -> None:
    assert manners(the_facts(1)) == frozenset()
    assert manners(the_facts(1, staff=StaffEvidence("desks", ("tone", "page")))) == {"tone", "page"}


def test_a_display_or_a_tone_is_told_in_the_call_and_a_page_must_have_been_read(house: House) -> None:
    eve = house.person("eve")
    assert on_line(house.organisation, ["display", "page"])(eve)
    assert on_line(house.organisation, ["tone"])(eve)
    assert not on_line(house.organisation, ["page"])(eve)
    settings = CallSettings()
    awareness.acknowledge(house.desk, eve, settings, awareness.about(eve, settings).digest)
    assert on_line(house.organisation, ["page"])(eve)
    assert not on_line(house.organisation, ["page"])(house.person("max"))
