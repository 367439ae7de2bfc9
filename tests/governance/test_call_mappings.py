"""Saving how the files of a switch are read."""

import pytest

from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.row_mapping import RowMapping
from muniment.governance import call_mappings
from muniment.governance.authorisation import AbsentError
from muniment.governance.compare import compare
from muniment.governance.models import CallMapping, CallMappingEnd
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


def test_a_retired_one_stays_with_its_versions_and_may_be_saved_again(house: House) -> None:
    ira, door = house.person("ira"), house.estate.doors.capture
    for _ in range(2):
        call_mappings.save(house.desk, ira, "hosted", HOSTED)
    retired = call_mappings.retire(house.desk, ira, "hosted")
    assert (retired.version, retired.retired_by) == (2, ira.name)
    assert [(each.name, bool(each.retired)) for each in call_mappings.listed(house.person("aud"))] == [
        ("hosted", True)
    ]
    assert [(one.version, bool(one.retired)) for one in door.mappings(house.organisation)] == [(2, True)]
    with pytest.raises(WrongUseError, match="retired already"):
        call_mappings.retire(house.desk, ira, "hosted")
    assert call_mappings.save(house.desk, ira, "hosted", HOSTED).version == 3
    versions = call_mappings.history(house.person("aud"), "hosted")
    assert [(each.version, bool(each.retired)) for each in versions] == [(3, False), (2, True), (1, False)]
    assert [(one.version, bool(one.retired)) for one in door.mappings(house.organisation)] == [(3, False)]
    assert compare(house.desk, house.organisation, (CallMapping, CallMappingEnd)) == ()


def test_only_who_runs_the_system_retires_one_that_there_is(house: House) -> None:
    call_mappings.save(house.desk, house.person("ira"), "hosted", HOSTED)
    for name in ("hana", "dora", "aud", "cora"):
        with pytest.raises(RefusedError):
            call_mappings.retire(house.desk, house.person(name), "hosted")
    for act in (
        lambda: call_mappings.retire(house.desk, house.person("ira"), "other"),
        lambda: call_mappings.history(house.person("aud"), "other"),
        lambda: call_mappings.retire(house.desk, house.estate.house().person("ira"), "hosted"),
    ):
        with pytest.raises(AbsentError):
            act()
    with pytest.raises(RefusedError):
        call_mappings.history(house.person("eve"), "hosted")
    assert not CallMappingEnd.objects.exists()
