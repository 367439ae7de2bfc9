"""The figures of the start page."""

from muniment.core import clock
from muniment.people.roles import Role
from muniment.release import checking
from muniment.web.figures import figures
from tests import asking
from tests.town import Town


def shown(town: Town) -> dict[str, str]:
    return {one.name: one.value for one in figures(asking.person(town, Role.EMPLOYEE))}


def test_they_count_what_is_there(town: Town) -> None:
    before = int(shown(town)["Records held"].replace(",", ""))
    asking.records(town, 2)
    now = shown(town)
    assert int(now["Records held"].replace(",", "")) == before + 2
    assert now["Locked today"] == "0"  # the sample says that it was received years ago
    assert now["Last check"] == "never yet"
    assert "entries" in now["Last signed state"]


def test_a_check_is_told(town: Town) -> None:
    checking.ask(asking.person(town, Role.AUDITOR))
    checking.run_waiting(town.home)
    assert shown(town)["Last check"].endswith("nothing wrong")
    assert str(clock.now().year) in shown(town)["Last check"]


def test_each_says_what_it_counts(town: Town) -> None:
    assert all(one.meaning for one in figures(asking.person(town, Role.HR)))
