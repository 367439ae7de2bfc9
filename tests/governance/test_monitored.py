"""A request to listen to calls in progress: lines, hours and people, by the organisation's matrix."""

from collections.abc import Sequence

import pytest

from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import drafts, granting, monitored, progress, requests, submission
from muniment.governance.views import DraftView, RequestState, RequestView
from muniment.people import services as people
from muniment.people.models import PersonAddress
from muniment.vault.authority import statements
from tests.governance.house import House


def line_of(house: House, name: str, line: str) -> None:
    """Register a line for somebody."""
    PersonAddress(person_id=house.id(name), kind=PersonAddress.Kind.TELEPHONE, address=line).save()


def drafted(
    house: House, by: str = "olga", *, about: Sequence[str] = ("eve",), lines: str = "", hours: int = 4
) -> DraftView:
    """A draft that says everything."""
    actor = house.person(by)
    draft = drafts.begin(actor, "monitor")
    return drafts.change(
        actor,
        draft.id,
        purpose="C4",
        given={"reason": "To coach a new colleague.", "extension": lines},
        not_known=[*monitored.NOT_SAID, *(() if lines else ("extension",))],
        about=[house.id(name) for name in about],
        hours=hours,
    )


def asked(house: House, by: str = "olga", **how: object) -> RequestView:
    """The same, signed and sent."""
    draft = drafted(house, by, **how)  # type: ignore[arg-type]  # as `drafted` takes it
    actor = house.person(by)
    shown = submission.prepare(actor, draft.id)
    return submission.submit(house.desk, actor, draft.id, house.sign(by, shown))


def granted(house: House, by: str = "olga", **how: object) -> RequestView:
    """The same, approved by a director."""
    return house.approve("dora", asked(house, by, **how))


def test_it_goes_to_a_director_at_once_and_nobody_looks_for_records(house: House) -> None:
    line_of(house, "eve", "201")
    sent = asked(house, lines="01632 960 111")
    assert (sent.state, sent.lines, sent.hours) == (RequestState.DECIDING, ("+441632960111", "ext:201"), 4)
    assert {one.id for one in sent.waits_for} == {house.id("dora"), house.id("dan"), house.id("mona")}
    assert sent.locate_warrant == ""
    with pytest.raises(RefusedError):
        house.located(sent, house.records(1))


def test_the_grant_says_lines_and_a_time_box_and_no_record(house: House) -> None:
    line_of(house, "eve", "201")
    approved = granted(house, hours=1)
    grant = granting.one(house.person("olga"), approved.grant)
    assert (grant.actions, grant.lines, grant.records) == (("monitor",), ("ext:201",), ())
    assert (grant.not_after - grant.not_before).total_seconds() == 3600
    assert "listen to calls in progress on extension 201" in progress.progress(approved).next
    row = granting.row_of(house.person("olga"), approved.grant)
    warrant = statements.read(statements.Warrant, bytes(row.warrant))
    assert statements.lines_of(warrant) == ("ext:201",)


def test_many_requests_stand_side_by_side(house: House) -> None:
    line_of(house, "eve", "201")
    first, second = asked(house), asked(house)
    assert first.id != second.id
    assert requests.one(house.person("olga"), second.id).lines == ("ext:201",)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"about": ()}, "names nobody"),
        ({}, "it names 0"),
        ({"lines": "the desk"}, "it names 0"),
        ({"lines": ", ".join(str(line) for line in range(200, 221))}, "it names 21"),
        ({"lines": "201", "hours": 0}, "for how long"),
        ({"lines": "202"}, "is that of Hana"),
    ],
)
def test_it_names_people_their_lines_and_hours(house: House, how: dict[str, object], why: str) -> None:
    line_of(house, "hana", "202")
    with pytest.raises(WrongUseError) as refused:
        asked(house, **how)  # type: ignore[arg-type]  # as `drafted` takes it
    assert why in str(refused.value)


@pytest.mark.parametrize("hours", [-1, 24 * 14 + 1])
def test_hours_have_bounds(house: House, hours: int) -> None:
    with pytest.raises(WrongUseError, match="1 to 336 hours"):
        drafted(house, hours=hours)


def test_whose_calls_they_are_does_not_decide_and_hr_does_not_ask(house: House) -> None:
    line_of(house, "dora", "300")
    sent = asked(house, about=("dora",))
    assert house.id("dora") not in {one.id for one in sent.waits_for}
    with pytest.raises(RefusedError):
        drafts.begin(house.person("hana"), "monitor")


def test_a_second_such_request_of_the_same_class_is_not_a_records_one(house: House) -> None:
    """A request for records has no lines, and its signed text says nothing of them."""
    sent = house.submitted()
    assert (sent.lines, sent.hours) == ((), 0)
    assert people.view(house.id("hana")).id == sent.requester.id
