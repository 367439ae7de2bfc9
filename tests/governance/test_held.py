"""What is known of a record itself: marks, holds, erasure; another organisation's is not there."""

from muniment.governance import held, holds
from tests.governance.house import House


def test_marks_and_holds_of_known_records(house: House) -> None:
    plain, private = house.records(2), house.records(1, private=True)
    holds.place(house.desk, house.person("ines"), plain[:1], "A claim.")
    facts = held.facts(house.organisation, [*plain, *private, "rec_unknown"])
    assert facts.keys() == {*plain, *private}
    assert [facts[record].held for record in plain] == [True, False]
    assert facts[private[0]].private
    assert not facts[plain[0]].erased
    assert held.facts(house.estate.house().organisation, plain) == {}
