"""Acts of people in the ledger."""

from muniment.core.tags import EventTag
from muniment.people import ledger
from tests.residents import acts_after
from tests.town import Town


def test_the_tag_stands_in_clear_and_the_people_in_the_sealed_body(town: Town) -> None:
    place = ledger.write(
        town.desk, town.ours.id, EventTag.SIGN_IN_MADE, {"person": "per_x", "how": "passkey"}
    )
    (clear, body), *_ = acts_after(town, place - 1)
    assert "people:sign_in:made" in clear
    assert "per_x" not in clear
    assert b"per_x" in body
