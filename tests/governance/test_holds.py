"""A hold: one person places it, two different persons release it, and the keeper counts them too."""

import pytest

from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import held, holds
from muniment.governance.models import Denial, Notice
from muniment.governance.views import HoldView
from tests.governance.house import House


def placed(house: House, records: list[str], by: str = "ines") -> str:
    return holds.place(house.desk, house.person(by), records, "A claim is expected.").id


def released(house: House, hold: str, by: str, reason: str = "The claim is settled.") -> HoldView:
    actor = house.person(by)
    shown = holds.prepare_release(house.desk, actor, hold, reason)
    return holds.release(house.desk, actor, hold, house.sign(by, shown))


def test_one_places_two_release(house: House) -> None:
    records = house.records(2)
    hold = placed(house, records)
    assert held.facts(house.organisation, records)[records[0]].held

    view = released(house, hold, "cora")
    assert view.released is None
    assert [person.name for person in view.signed_by] == ["Cora"]
    assert held.facts(house.organisation, records)[records[0]].held
    assert Notice.objects.filter(person_id=house.id("dora"), path=f"/holds/{hold}").exists()

    view = released(house, hold, "dora", reason="")
    assert view.released is not None
    assert view.release_reason == "The claim is settled."
    assert not held.facts(house.organisation, records)[records[0]].held
    with pytest.raises(RefusedError, match="ended already"):
        released(house, hold, "dan")


def test_one_person_does_not_release_twice(house: House) -> None:
    hold = placed(house, house.records(1))
    actor = house.person("cora")
    shown = holds.prepare_release(house.desk, actor, hold, "Settled.")
    holds.release(house.desk, actor, hold, house.sign("cora", shown))
    with pytest.raises(RefusedError, match="signed this release already"):
        holds.prepare_release(house.desk, actor, hold)
    with pytest.raises(RefusedError, match="second person"):
        holds.release(house.desk, actor, hold, house.sign("cora", shown))


@pytest.mark.parametrize("by", ["ines", "hana", "ira", "ada", "aud", "eve"])
def test_others_do_not_release_and_the_attempt_is_written(house: House, by: str) -> None:
    hold = placed(house, house.records(1))
    with pytest.raises(RefusedError):
        released(house, hold, by)
    assert Denial.objects.filter(person_id=house.id(by), resource=hold).exists()


@pytest.mark.parametrize("by", ["hana", "eve", "ira", "ada", "aud", "dora"])
def test_others_place_none(house: House, by: str) -> None:
    with pytest.raises(RefusedError):
        placed(house, house.records(1), by)


def test_a_hold_is_on_known_living_records_and_has_a_reason(house: House) -> None:
    ines, other = house.person("ines"), house.estate.house()
    with pytest.raises(RefusedError, match="not known"):
        holds.place(house.desk, ines, other.records(1), "A claim.")
    with pytest.raises(WrongUseError, match="why"):
        holds.place(house.desk, ines, house.records(1), " ")
    with pytest.raises(WrongUseError):
        holds.place(house.desk, ines, [], "A claim.")


def test_a_release_that_was_signed_once_may_be_withdrawn_and_proposed_anew(house: House) -> None:
    hold = placed(house, house.records(1))
    released(house, hold, "cora", reason="Wrong reason.")
    holds.withdraw_release(house.person("cora"), hold)
    view = released(house, hold, "dora", reason="The right reason.")
    assert [person.name for person in view.signed_by] == ["Dora"]
    assert released(house, hold, "cora", reason="").release_reason == "The right reason."


def test_holds_are_listed_by_record_for_those_who_may_see_them(house: House) -> None:
    records = house.records(2)
    hold = placed(house, records[:1])
    assert [one.id for one in holds.listed(house.person("aud"), record=records[0])] == [hold]
    assert holds.listed(house.person("aud"), record=records[1]) == ()
    assert holds.listed(house.person("hana")) == ()
    assert holds.listed(house.estate.house().person("cora")) == ()
