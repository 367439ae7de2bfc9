"""The proof log, with and without people."""

import pytest

from muniment.catalogue import intake
from muniment.core.errors import RefusedError
from muniment.core.tags import EventTag
from muniment.governance import watching
from muniment.governance.watching import LogFilter
from muniment.vault.messages import Batch
from tests.governance.house import House


def followed(house: House) -> None:
    """Take the whole ledger into the catalogue, as the worker does."""
    after = -1
    while True:
        batch: Batch = house.estate.doors.index.next_batch(house.organisation, analyser="test", after=after, limit=500)
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
