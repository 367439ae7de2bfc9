"""Saving how the files of a switch are read."""

import pytest

from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.row_mapping import RowMapping
from muniment.governance import call_mappings
from muniment.governance.compare import compare
from muniment.governance.models import CallMapping
from tests.governance.house import House

HOSTED = RowMapping({"caller": "A Number ", "queue": " "}, {"Ankommend": "inbound"}, "Europe/Dublin", "IE")


def test_each_saving_is_a_version_and_the_last_one_counts(house: House) -> None:
    ira = house.person("ira")
    first = call_mappings.save(house.desk, ira, "hosted", HOSTED)
    assert (first.version, first.mapping.columns) == (1, {"caller": "A Number", "queue": ""})
    again = call_mappings.save(house.desk, ira, "hosted", RowMapping({"caller": "Caller"}))
    assert again.version == 2
    (told,) = call_mappings.listed(ira)
    assert (told.mapping.columns, told.saved_by) == ({"caller": "Caller"}, ira.name)
    assert compare(house.desk, house.organisation, (CallMapping,)) == ()


def test_only_who_runs_the_system_saves_one(house: House) -> None:
    for name in ("hana", "dora", "eve"):
        with pytest.raises(RefusedError):
            call_mappings.save(house.desk, house.person(name), "hosted", HOSTED)
        with pytest.raises(RefusedError):
            call_mappings.listed(house.person(name))


@pytest.mark.parametrize(
    ("name", "mapping"),
    [
        ("Hosted Switch", HOSTED),
        ("file", HOSTED),
        ("hosted", RowMapping()),
        ("hosted", RowMapping({"colour": "A"})),
        ("hosted", RowMapping({"caller": "A" * 201})),
        ("hosted", RowMapping({"caller": "A"}, {"x": "sideways"})),
        ("hosted", RowMapping({"caller": "A"}, {}, "Europe/Atlantis")),
        ("hosted", RowMapping({"caller": "A"}, {}, "Europe/London", "XX")),
    ],
)
def test_what_cannot_be_is_not_saved(house: House, name: str, mapping: RowMapping) -> None:
    with pytest.raises(WrongUseError):
        call_mappings.save(house.desk, house.person("ira"), name, mapping, taken={"file"})
    assert not CallMapping.objects.exists()
