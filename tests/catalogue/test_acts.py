"""The ledger's acts as people list them."""

import pytest

from muniment.catalogue import acts, intake
from muniment.core.tags import EventTag
from muniment.readers.calls import Call
from tests.catalogue.samples import ORGANISATION, action, batch, mail, record
from tests.readers.calls.samples import the_facts

pytestmark = pytest.mark.django_db


@pytest.fixture
def one() -> str:
    held = record(0)
    opened = {"record": held.record, "warrant": "ab" * 32, "action": "view"}
    intake.take_in(
        ORGANISATION,
        batch(
            held,
            action(1, EventTag.RECORD_OPENED, {"person": "per_a"}, **opened),
            action(2, EventTag.SEARCH_MADE, {"person": "per_b", "query": "x"}, warrant="cd" * 32),
            action(3, EventTag.RECORD_OPENED, {"person": "per_b"}, **opened),
            action(4, EventTag.RECORD_OPENED, {"person": "per_b"}, record="rec_other"),
        ),
        {held.record: mail("a")},
    )
    return held.record


def places(page: acts.ActPage) -> list[int]:
    return [act.sequence for act in page.acts]


def test_newest_first_and_by_what_is_asked(one: str) -> None:
    assert places(acts.acts(ORGANISATION)) == [4, 3, 2, 1]
    assert places(acts.acts(ORGANISATION, tags=(EventTag.SEARCH_MADE,))) == [2]
    assert places(acts.acts(ORGANISATION, record=one)) == [3, 1]
    assert places(acts.acts(ORGANISATION, warrant="cd" * 32)) == [2]
    assert places(acts.acts(ORGANISATION, actor="per_b", tags=(EventTag.RECORD_OPENED,))) == [4, 3]
    assert places(acts.acts("org_other")) == []


def test_pages_follow_each_other(one: str) -> None:
    first = acts.acts(ORGANISATION, limit=3)
    second = acts.acts(ORGANISATION, limit=3, cursor=first.cursor)
    assert places(first) + places(second) == [4, 3, 2, 1]
    assert second.cursor == ""


def test_who_opened_what_is_about_me(one: str) -> None:
    assert places(acts.acts_about(ORGANISATION, ["ANN@x.org"])) == [3, 1]
    assert places(acts.acts_about(ORGANISATION, ["eve@x.org"])) == []


def test_details_are_read_from_body_or_clear_part(one: str) -> None:
    act = acts.acts(ORGANISATION, record=one, limit=1).acts[0]
    assert act.detail("person") == "per_b"
    assert act.detail("action") == "view"
    assert act.detail("nothing") is None


def test_what_was_done_to_a_call_in_progress_is_of_the_record_that_it_became() -> None:
    live: dict[str, object] = {"person": "per_a", "call": "call_x"}
    intake.take_in(
        ORGANISATION,
        batch(
            action(1, EventTag.MONITOR_STARTED, live, warrant="ab" * 32, action="monitor"),
            action(2, EventTag.MONITOR_STARTED, {**live, "call": "call_y"}, warrant="ab" * 32),
            action(3, EventTag.MONITOR_ENDED, {"call": "call_x", "heard": 1, "why": "over"}),
        ),
        {},
    )
    address = "+441632960001"
    assert acts.acts(ORGANISATION, limit=1).acts[0].record == ""
    assert places(acts.acts_about(ORGANISATION, [address])) == []
    first, second = record(4), record(5)
    facts = the_facts(3, id="call_x")
    intake.take_in(
        ORGANISATION, batch(first, second), {first.record: Call(facts), second.record: Call(facts)}
    )
    for one in (first.record, second.record):
        found = acts.acts(ORGANISATION, record=one)
        assert places(found) == [3, 1]
        assert {act.record for act in found.acts} == {one}
    assert [act.record for act in acts.acts(ORGANISATION).acts] == [first.record, "", first.record]
    mine = acts.acts_about(ORGANISATION, [address])
    assert [(act.sequence, act.record) for act in mine.acts] == [(1, first.record)]
    assert places(acts.acts_about(ORGANISATION, ["+441632960999"])) == []
    intake.erase(ORGANISATION, first.record, 1)
    assert places(acts.acts(ORGANISATION, record=first.record)) == []
    assert [act.record for act in acts.acts_about(ORGANISATION, [address]).acts] == [second.record]
