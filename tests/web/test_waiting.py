"""The port behind “what waits for me”."""

import pytest

from muniment.core import clock
from muniment.people.views import PersonView
from muniment.web import waiting
from muniment.web.waiting import Waiting

ANN = PersonView("per_1", "org_1", "Ann", "employee", "", frozenset(), (), "")


@pytest.fixture(autouse=True)
def _sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_sources", [])


def test_the_earliest_deadline_comes_first_and_undated_things_last() -> None:
    now = clock.now()
    waiting.add_source(lambda _person: [Waiting("undated", "/a")])
    waiting.add_source(lambda person: [Waiting(person.name, "/b", due=now)])
    assert [one.title for one in waiting.waiting_for(ANN)] == ["Ann", "undated"]


def test_a_source_is_asked_once_however_often_it_is_added() -> None:
    def source(_person: PersonView) -> list[Waiting]:
        return [Waiting("one", "/a")]

    waiting.add_source(source)
    waiting.add_source(source)
    assert len(waiting.waiting_for(ANN)) == 1
