"""Calls that switches say there were, as rows."""

import pytest

from muniment.catalogue import expected, intake
from muniment.catalogue.models import CallDetail, Record
from muniment.catalogue.models import ExpectedCall as Row
from muniment.core.call_facts import CallParty
from muniment.readers.calls import Call
from muniment.readers.calls.details import CallList, ExpectedCall
from tests.catalogue.samples import ORGANISATION, RECEIVED, action, batch, record
from tests.readers.calls.samples import STARTED, the_facts

pytestmark = pytest.mark.django_db

DAY = (STARTED // 1000 - 3600, STARTED // 1000 + 3600)
LISTED = CallList(
    (
        ExpectedCall(
            call="1772359200.15", group="1772359200.14", recording="/var/spool/x-1772359200.15.wav", names=("SIP/201-0",),
            started=STARTED, answered=STARTED + 1000, ended=STARTED + 9000, caller="01632 960001", called="201",
            extension="201", queue="Sales", disposition="ANSWERED",
        ),
        ExpectedCall(call="short", started=STARTED - 4_000_000, was_answered=False),
    )
)  # fmt: skip


def test_each_row_comes_back_in_its_span() -> None:
    held = record(0)
    for _ in range(2):
        intake.take_in(ORGANISATION, batch(held), {held.record: LISTED})
    assert Row.objects.count() == 2
    (one,) = expected.expected_in(ORGANISATION, *DAY)
    assert one.names == {
        "1772359200.15",
        "1772359200.14",
        "x-1772359200.15.wav",
        "x-1772359200.15",
        "SIP/201-0",
    }
    assert one.addresses == {"+441632960001", "ext:201"}
    assert one.lines >= {"201", "Sales", "+441632960001"}
    assert (one.started, one.answered, one.ended, one.call, one.line) == (
        STARTED, STARTED + 1000, STARTED + 9000, "1772359200.15", "201",
    )  # fmt: skip
    assert expected.expected_in("org_other", *DAY) == ()


def test_an_erasure_and_a_rebuild_take_them_away() -> None:
    held, kept = record(0), record(1)
    intake.take_in(ORGANISATION, batch(held, kept), {held.record: LISTED, kept.record: LISTED})
    intake.erase(ORGANISATION, held.record, 5)
    assert Row.objects.count() == 2
    intake.forget(ORGANISATION)
    assert not Row.objects.exists()


def test_a_recording_comes_with_its_names_people_and_figures() -> None:
    held = record(0)
    facts = the_facts(60, legs=("dialog-1234",), evidence={"uniqueid": "1772359200.15", "other": "not a name"}, parties=(CallParty("caller", e164="+441632960001"),))  # fmt: skip
    intake.take_in(ORGANISATION, batch(held), {held.record: Call(facts, seconds=58)})
    row = CallDetail.objects.get()
    assert row.packets == sum(each.packets for each in facts.streams)
    assert (row.notice_name, row.notice_version) == (facts.notice.announcement, facts.notice.version)
    assert expected.recorded_in(ORGANISATION, *DAY) == ()  # the samples' record says it is mail
    Record.objects.update(channel="call")
    (one,) = expected.recorded_in(ORGANISATION, *DAY)
    assert {"dialog-1234", "1772359200.15"} <= one.names
    assert "not a name" not in one.names
    assert (one.record, one.addresses, one.length_ms) == (held.record, frozenset({"+441632960001"}), 58_000)


def test_sources_and_those_who_declined() -> None:
    intake.take_in(ORGANISATION, batch(action(0, "vault:call:declined")), {})
    assert expected.not_kept_in(ORGANISATION, RECEIVED, RECEIVED + 1) == ((RECEIVED * 1000, ""),)
    held = record(1)
    intake.take_in(ORGANISATION, batch(held), {held.record: LISTED})
    Record.objects.update(channel="call-detail")
    (source,) = expected.sources_in(ORGANISATION, RECEIVED, RECEIVED + 100 * 3600, 48)
    assert (source.name, source.last, source.silent) == ("journal", RECEIVED + 1, True)
    (source,) = expected.sources_in(ORGANISATION, RECEIVED, RECEIVED + 100, 48)
    assert not source.silent
