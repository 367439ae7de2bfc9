"""What settings can decide by."""

import pytest

from muniment.core.call_facts import CallFacts, CallParty
from muniment.core.call_outline import numbers_of, outline, takes_part

PARTIES = (CallParty("caller", e164="+441632960001"), CallParty("called", dialled="201", extension="201"))


def test_an_outline_has_every_number_and_nothing_else_of_the_parties() -> None:
    facts = CallFacts(id="c", direction="inbound", started=1, ended=2, queue="sales", parties=PARTIES)
    found = outline("org_a", "sbc", facts)
    assert (found.queue, found.direction, found.channel) == ("sales", "inbound", "call")
    assert found.numbers == {"+441632960001", "ext:201"}


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ("01632 960001", True),
        ("+44 1632 960001", True),
        ("201", True),
        ("ext:201", True),
        ("20*", True),
        ("+441632*", True),
        ("202", False),
        ("+441632960002", False),
    ],
)
def test_a_number_counts_however_it_is_written(wanted: str, *, fits: bool) -> None:
    assert takes_part(numbers_of(PARTIES), (wanted,)) is fits
