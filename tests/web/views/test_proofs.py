"""The proof of one record."""

from collections.abc import Callable

from django.test import Client

from muniment.governance import denials
from muniment.people.roles import Role
from muniment.release import checking
from muniment.release.models import Check
from tests import asking
from tests.town import Town

type Enter = Callable[..., Client]


def test_it_says_in_plain_words_what_stands_behind_a_record(town: Town, signed_in: Enter) -> None:
    [record] = asking.records(town)
    page = signed_in(Role.AUDITOR).get(f"/records/{record}").content.decode()
    assert "Locked" in page
    assert "Nobody. When somebody does" in page
    assert "muniment prove" in page
    assert "Offer" not in page  # its subject


def test_an_engineer_is_refused_and_the_attempt_names_the_record(town: Town, signed_in: Enter) -> None:
    [record] = asking.records(town)
    assert signed_in(Role.IT_ENGINEER).get(f"/records/{record}").status_code == 403
    newest = denials.listed(asking.person(town, Role.DATA_CONTROLLER))[0]
    assert (newest.record, newest.person.id) == (record, town.ours[Role.IT_ENGINEER].id)


def test_a_record_that_a_check_found_damaged_says_so(town: Town, signed_in: Enter) -> None:
    [record] = asking.records(town)
    checking.ask(asking.person(town, Role.AUDITOR))
    checking.run_waiting(town.home)
    assert b"as it was locked" in signed_in(Role.AUDITOR).get(f"/records/{record}").content
    fault = {"kind": "damaged-record", "record": record, "advice": "entry 1: Restore it."}
    Check.objects.update(faults=[fault])
    assert b"Restore it." in signed_in(Role.AUDITOR).get(f"/records/{record}").content


def test_the_data_controller_is_led_to_hold_and_erasure(town: Town, signed_in: Enter) -> None:
    names = asking.records(town)
    page = signed_in(Role.DATA_CONTROLLER).get(f"/records/{names[0]}").content.decode()
    assert "first find it in a case" in page
    asking.granted(town, names)
    page = signed_in(Role.DATA_CONTROLLER).get(f"/records/{names[0]}").content.decode()
    assert f"/records/{names[0]}/erase" in page
