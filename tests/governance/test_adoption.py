"""Which matrix holds: the pack that ships until another is adopted, each version numbered."""

import pytest

from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import adoption, matrix
from tests.governance.house import House


def test_the_default_holds_until_a_pack_is_adopted(house: House) -> None:
    assert adoption.in_force(house.organisation) == (0, matrix.shipped("call_recording"))
    adoption.set_up(house.desk, house.organisation, "communications")
    number, rows = adoption.in_force(house.organisation)
    assert (number, rows.pack) == (1, "communications")
    adoption.set_up(house.desk, house.organisation, "call_recording")
    assert adoption.in_force(house.organisation)[0] == 1, "setting up again changes nothing"
    assert adoption.in_force(house.estate.house().organisation)[0] == 0


def test_the_data_controller_adopts_and_old_numbers_stay_readable(house: House) -> None:
    text = matrix.pack_text("electronic_communications")
    adoption.adopt(house.desk, house.person("cora"), text)
    adoption.adopt(house.desk, house.person("cora"), matrix.pack_text("communications"))
    assert adoption.in_force(house.organisation)[0] == 2
    assert adoption.numbered(house.organisation, 1) == matrix.parse(text)
    assert adoption.numbered(house.organisation, 0).pack == "call_recording"


@pytest.mark.parametrize("name", ["hana", "dora", "ira", "ada", "aud", "eve"])
def test_nobody_else_adopts(house: House, name: str) -> None:
    with pytest.raises(RefusedError):
        adoption.adopt(house.desk, house.person(name), matrix.pack_text("communications"))


def test_a_pack_that_loosens_what_none_may_is_not_adopted(house: House) -> None:
    text = matrix.pack_text("communications").replace("director | managing_director", "office_manager")
    with pytest.raises(WrongUseError):
        adoption.adopt(house.desk, house.person("cora"), text)
    assert adoption.in_force(house.organisation)[0] == 0
