"""The filter of the proof log."""

from datetime import UTC, datetime

from muniment.core.tags import EventTag
from muniment.governance.watching import LogFilter
from muniment.web.forms.proof_log import LogForm


def test_nothing_said_filters_nothing() -> None:
    assert LogForm(None).chosen() == LogFilter()
    assert LogForm({}).as_query() == ""


def test_days_are_whole_days_of_the_organisation() -> None:
    chosen = LogForm({"since": "27/3/2026", "until": "29/3/2026"}).chosen()
    assert chosen.since == int(datetime(2026, 3, 27, tzinfo=UTC).timestamp())
    # Summer time begins on the 29th: the day ends an hour earlier in UTC.
    assert chosen.until == int(datetime(2026, 3, 29, 22, 59, 59, tzinfo=UTC).timestamp())


def test_what_cannot_be_read_is_said_and_filters_nothing() -> None:
    form = LogForm({"kind": "nonsense", "since": "soon", "record": " rec_a "})
    assert form.chosen() == LogFilter(record="rec_a")
    assert form.errors["since"] == ["Write the day like 27/3/2026"]


def test_the_state_is_in_the_address() -> None:
    form = LogForm({"kind": str(EventTag.CASE_OPENED), "record": "", "after": "7"})
    assert form.chosen().tags == (EventTag.CASE_OPENED,)
    assert form.as_query() == "kind=governance%3Acase%3Aopened"
