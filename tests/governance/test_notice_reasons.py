"""Why one call carries no notice, said afterwards."""

import pytest

from muniment.catalogue.expected import NoticeSeen
from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.tags import EventTag
from muniment.governance import compare, notice_reasons
from tests.governance.house import House


def test_the_last_reason_counts_and_each_stands_in_the_ledger(house: House) -> None:
    (record,) = house.records(1)
    hana = house.person("hana")
    notice_reasons.give(house.desk, hana, record, "switch-failed", "")
    given = notice_reasons.give(house.desk, hana, record, "agent-told", "  said at  once ")
    assert (given.given_by, given.remark) == ("Hana", "said at once")
    found = notice_reasons.of_record(house.organisation, record)
    assert found is not None
    assert found.code == "agent-told"
    acts = house.desk.acts(house.organisation, -1, 1000)
    said = [act for act in acts if EventTag.NOTICE_REASON_GIVEN.encode() in act.clear]
    assert len(said) == 2
    assert record.encode() in said[0].clear
    assert compare.compare(house.desk, house.organisation) == ()


def test_a_report_counts_what_was_said_where_no_notice_was_played(house: House) -> None:
    first, second, third = house.records(3)
    hana = house.person("hana")
    for record in (first, second):
        notice_reasons.give(house.desk, hana, record, "agent-told", "")
    seen = [
        NoticeSeen(first, "unknown", "", ""),
        NoticeSeen(second, "played", "", ""),
        NoticeSeen(third, "not-feasible", "switch-cannot", ""),
    ]
    assert notice_reasons.counted(house.organisation, seen) == {
        "not-feasible switch-cannot": 1, "not-required agent-told": 1, "played": 1,
    }  # fmt: skip
    assert notice_reasons.of_record(house.organisation, third) is None


@pytest.mark.parametrize(
    ("who", "code", "remark", "error"),
    [
        ("eve", "agent-told", "", RefusedError),
        ("ira", "agent-told", "", RefusedError),
        ("hana", "because", "", WrongUseError),
        ("hana", "agent-told", "x" * 201, WrongUseError),
    ],
)
def test_who_may_not_or_says_nothing_of_use_is_refused(
    house: House, who: str, code: str, remark: str, error: type[Exception]
) -> None:
    (record,) = house.records(1)
    with pytest.raises(error):
        notice_reasons.give(house.desk, house.person(who), record, code, remark)
    assert notice_reasons.of_record(house.organisation, record) is None
