"""The proof log for those who watch, as far as the catalogue has followed it."""

import pytest

from muniment.catalogue import intake
from muniment.catalogue.models import LedgerEntry
from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.tags import EventTag
from muniment.governance import watching
from muniment.governance.watching import LogFilter
from muniment.vault.messages import Batch
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


def followed(house: House) -> None:
    """Take the whole ledger into the catalogue, as the worker does."""
    after = -1
    while True:
        batch: Batch = house.estate.doors.index.next_batch(
            house.organisation, analyser="test", after=after, limit=500
        )
        if batch.last == after:
            return
        after = batch.last
        intake.take_in(house.organisation, batch, {})


def test_watchers_see_who_and_engineers_see_only_what(house: House) -> None:
    house.granted(house.records(1))
    followed(house)
    seen = watching.log(house.person("aud"), LogFilter(tags=(EventTag.DECISION_SIGNED,)))
    assert [line.actor.name for line in seen.lines] == ["Dora"]
    blind = watching.log(house.person("ira"), LogFilter(tags=(EventTag.DECISION_SIGNED,)))
    assert not blind.people
    assert [line.actor.id for line in blind.lines] == [""]
    with pytest.raises(RefusedError):
        watching.log(house.person("hana"), LogFilter())


def test_the_acts_of_one_case_and_no_other(house: House) -> None:
    request = house.granted(house.records(1))
    house.granted(house.records(1))
    followed(house)
    seen = watching.log(house.person("aud"), LogFilter(case=request.case))
    tags = [line.tag for line in seen.lines]
    assert tags.count(EventTag.DECISION_SIGNED) == 1
    assert tags.count(EventTag.WARRANT_ADMITTED) == 2
    assert EventTag.CASE_OPENED in tags
    assert watching.log(house.person("ira"), LogFilter(case=request.case)).lines == ()
    other = house.estate.house().person("aud")
    assert watching.log(other, LogFilter(case=request.case)).lines == ()


def test_an_act_shows_its_texts_and_whether_its_signatures_hold(house: House) -> None:
    request = house.granted(house.records(1))
    followed(house)
    sequence = request.decisions[0].ledger_sequence
    detail = watching.one(house.desk, house.person("aud"), sequence)
    (signature,) = detail.signatures
    assert signature.holds
    assert signature.person.name == "Dora"
    assert '"decision":"approve"' in signature.statement
    blind = watching.one(house.desk, house.person("ira"), sequence)
    assert blind.body == ""
    assert blind.signatures == ()
    with pytest.raises(RefusedError, match="no act"):
        watching.one(house.desk, house.person("aud"), 10**6)


def test_days_bound_what_is_listed(house: House) -> None:
    followed(house)
    everything = watching.log(house.person("aud"), LogFilter())
    assert everything.lines
    assert watching.log(house.person("aud"), LogFilter(until=1)).lines == ()
