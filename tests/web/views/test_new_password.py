"""A new password by link."""

from collections.abc import Callable

from django.test import Client

from muniment.people import services
from muniment.people.models import Account
from muniment.people.roles import Role
from tests.town import Town

PASSWORD = "seven heavy words by the harbour"


def test_the_link_sets_it_once_and_signs_nobody_in(
    town: Town, nobody: Client, signed_in: Callable[..., Client]
) -> None:
    hr = town.ours[Role.HR].id
    elsewhere = signed_in(Role.HR)
    token = services.make_reset_link(town.desk, hr, by=town.ours[Role.ADMINISTRATOR].id)
    address = f"/new-password/{token}"
    assert b"HR Person" in nobody.get(address).content
    assert b"There is a problem" in nobody.post(address, {"password": "short"}).content
    answer = nobody.post(address, {"password": PASSWORD})
    assert answer["Location"] == "/sign-in"
    assert Account.objects.get(person_id=hr).check_password(PASSWORD)
    assert nobody.get("/profile").status_code == 302
    assert elsewhere.get("/profile").status_code == 302
    assert nobody.get(address).status_code == 404
