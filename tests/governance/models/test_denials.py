"""A refusal reads as a sentence and says the same in the ledger."""

from muniment.core import clock
from muniment.governance.models import Denial


def test_its_facts_are_its_columns() -> None:
    row = Denial(
        organisation_id="org_a",
        person_id="per_a",
        action="view",
        resource="grant_a",
        record="rec_a",
        why="No.",
        denied=clock.now(),
    )
    assert str(row) == "per_a may not view grant_a"
    assert row.facts()["record"] == "rec_a"
