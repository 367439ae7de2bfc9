"""Rows of delegations say in the ledger what they say here."""

from datetime import UTC, datetime

from muniment.governance.models import Delegation, DelegationEnd

AT = datetime(2026, 1, 1, tzinfo=UTC)


def test_facts_name_both_persons_the_classes_and_the_span() -> None:
    row = Delegation(
        id="del_x",
        organisation_id="org_x",
        delegator_id="per_c",
        delegate_id="per_d",
        classes=["police", "dsar"],
        reason="Leave.",
        begins=AT,
        ends=AT,
        made=AT,
    )
    facts = row.facts()
    assert (facts["person"], facts["delegate"], facts["classes"]) == ("per_c", "per_d", ["dsar", "police"])
    assert facts["begins"] == facts["ends"] == int(AT.timestamp())
    assert str(row) == "per_d for per_c"
    end = DelegationEnd(delegation=row, ended_by_id="per_c", ended=AT)
    assert end.facts() == {"delegation": "del_x", "person": "per_c", "ended": int(AT.timestamp())}
    assert str(end) == "del_x ended"
