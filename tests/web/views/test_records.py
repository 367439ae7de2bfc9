"""My records."""

from collections.abc import Callable

from django.test import Client

from muniment.catalogue.models import RecordParty
from muniment.people.roles import Role
from tests.town import Town
from tests.web.test_own_records import hold


def test_nothing_held_is_said_in_words(signed_in: Callable[..., Client]) -> None:
    page = signed_in(Role.EMPLOYEE).get("/my-records").content
    assert b"Nobody has opened a record that names you" in page


def test_a_call_stands_in_the_list_with_who_called(town: Town, signed_in: Callable[..., Client]) -> None:
    address = town.ours[Role.EMPLOYEE].email(town.ours.domain)
    hold(town, "rec_a", address)
    call = hold(town, "rec_b", address)
    RecordParty.objects.create(
        record_id=call, organisation=town.ours.id, role="caller", address="+441632960123", name="",
        sent=1001, sequence=1,
    )  # fmt: skip
    page = signed_in(Role.EMPLOYEE).get("/my-records")
    assert page.status_code == 200
    assert b"01632 960123" in page.content
    assert page.content.count(b"Not known") == 1
