"""Rows of silence."""

from datetime import UTC, datetime

from muniment.governance.models import SilenceAct


def test_the_facts_say_who_when_and_why() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    row = SilenceAct(
        organisation_id="org_a", person_id="per_a", call="call_7", begins=True, why="card data", at=at
    )
    assert row.facts() == {
        "organisation": "org_a", "person": "per_a", "call": "call_7", "begins": True, "why": "card data", "rule": "", "at": int(at.timestamp()),
    }  # fmt: skip
    assert str(row) == "silence on call_7"
