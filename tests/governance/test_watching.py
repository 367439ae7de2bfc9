"""The proof log for those who watch, as far as the catalogue has followed it."""

import pytest

from muniment.catalogue.models import LedgerEntry
from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import watching
from tests.governance.house import House


def entered(house: House, sequence: int, record: str = "") -> None:
    LedgerEntry.objects.create(
        organisation=house.organisation,
        sequence=sequence,
        tag="vault:record:opened",
        record=record,
        warrant="00",
        rule="business",
        time=1_700_000_000,
        actor=house.id("hana"),
        details='{"clear":{},"body":{}}',
    )


def test_newest_first_by_page_with_names_and_by_record(house: House) -> None:
    for sequence in range(5):
        entered(house, sequence, record="rec_a" if sequence == 2 else "")
    aud = house.person("aud")
    lines, cursor = watching.ledger(aud, limit=3)
    assert [line.sequence for line in lines] == [4, 3, 2]
    assert lines[0].actor.name == "Hana"
    rest, end = watching.ledger(aud, limit=3, cursor=cursor)
    assert ([line.sequence for line in rest], end) == ([1, 0], "")
    assert [line.sequence for line in watching.ledger(aud, record="rec_a")[0]] == [2]
    assert watching.ledger(house.estate.house().person("aud"))[0] == ()


@pytest.mark.parametrize("name", ["hana", "eve", "ira", "ada", "ines"])
def test_others_do_not_see_it(house: House, name: str) -> None:
    with pytest.raises(RefusedError):
        watching.ledger(house.person(name))


@pytest.mark.parametrize("cursor", ["²", "-1", "9" * 30, "x", "1 "])
def test_a_cursor_that_is_no_place_is_refused(house: House, cursor: str) -> None:
    with pytest.raises(WrongUseError, match="cursor"):
        watching.ledger(house.person("aud"), cursor=cursor)
