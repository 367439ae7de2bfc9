"""What holds of single lines."""

import pytest
from pydantic import ValidationError

from muniment.core.call_facts import StaffEvidence
from muniment.core.call_outline import Outline
from muniment.core.line_settings import MANNERS, LineSettings, line_of, staff_notice

ORGANISATION = "org_a"
CALL = Outline(ORGANISATION, "sbc", "sales", "inbound", frozenset({"+441632960001", "ext:201"}))
DESKS = LineSettings(organisation=ORGANISATION, name="desks", lines=("20*",), staff=("display", "page"))
ALL = LineSettings(organisation=ORGANISATION, name="all", staff=("tone",), tone_hertz=1400, tone_every=12)


def test_the_first_line_that_holds_counts() -> None:
    assert line_of((DESKS, ALL), CALL) == DESKS
    assert line_of((ALL, DESKS), CALL) == ALL
    assert line_of((DESKS,), Outline("org_b", "sbc", numbers=CALL.numbers)) is None
    assert line_of((DESKS.model_copy(update={"sources": ("pbx",)}),), CALL) is None
    assert line_of((DESKS.model_copy(update={"queues": ("Sales",)}),), CALL) is not None


def test_staff_are_told_as_the_line_says_and_not_at_all_where_none_says_so() -> None:
    assert staff_notice((DESKS, ALL), CALL) == StaffEvidence("desks", ("display", "page"), 0, 0)
    assert staff_notice((ALL,), CALL) == StaffEvidence("all", ("tone",), 1400, 12)
    assert staff_notice((), CALL) is None
    silent = LineSettings(organisation=ORGANISATION, name="silent")
    assert staff_notice((silent, ALL), CALL) is None


def test_a_tone_that_staff_are_not_told_by_is_refused() -> None:
    with pytest.raises(ValidationError, match="tone_hertz"):
        LineSettings(organisation=ORGANISATION, name="x", staff=("page",), tone_hertz=1400)
    assert set(MANNERS) == {"display", "page", "tone"}
