"""The start page's question: what waits for me?"""

from muniment.catalogue.models import Record
from muniment.core import clock
from muniment.governance import drafts, holds
from muniment.governance.waiting import waiting
from tests.governance.house import House
from tests.governance.test_holds import placed, released
from tests.governance.test_monitored import asked, line_of


def test_each_person_sees_what_waits_for_them_and_no_more(house: House) -> None:
    request = house.submitted()
    assert [one.id for one in waiting(house.person("cora")).locate] == [request.id]
    assert waiting(house.person("dora")).decide == ()

    request = house.located(request, house.records(1))
    assert waiting(house.person("cora")).locate == ()
    for name in ("dora", "dan", "mona"):
        assert [one.id for one in waiting(house.person(name)).decide] == [request.id]
    assert waiting(house.person("hana")).decide == ()

    house.approve("dora", request)
    assert waiting(house.person("dan")).decide == ()
    assert len(waiting(house.person("hana")).grants) == 1


def test_a_request_to_listen_to_calls_in_progress_waits_for_a_director_at_once(house: House) -> None:
    line_of(house, "eve", "201")
    request = asked(house)
    for name in ("dora", "dan", "mona"):
        assert [one.id for one in waiting(house.person(name)).decide] == [request.id]
    assert waiting(house.person("cora")).locate == ()
    house.approve("dora", request)
    assert waiting(house.person("dan")).decide == ()
    assert [one.actions for one in waiting(house.person("olga")).grants] == [("monitor",)]


def test_a_grant_of_which_nothing_is_left_waits_for_nobody(house: House) -> None:
    first, second = house.records(2)
    house.granted([first, second])
    Record.objects.filter(pk=first).update(erased_at=clock.seconds())
    assert len(waiting(house.person("hana")).grants) == 1
    Record.objects.filter(pk=second).update(erased_at=clock.seconds())
    assert waiting(house.person("hana")).grants == ()


def test_a_release_waits_for_the_second_person(house: House) -> None:
    hold = placed(house, house.records(1))
    assert waiting(house.person("dora")).releases == ()
    released(house, hold, "cora")
    assert [one.id for one in waiting(house.person("dora")).releases] == [hold]
    assert waiting(house.person("cora")).releases == ()
    assert waiting(house.person("ines")).releases == ()
    assert holds.one(house.person("ines"), hold).released is None


def test_drafts_wait_for_their_author(house: House) -> None:
    draft = drafts.begin(house.person("hana"), "business")
    assert [one.id for one in waiting(house.person("hana")).drafts] == [draft.id]
