"""Who asks."""

from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from muniment.people.models import Account
from muniment.people.roles import Role
from muniment.web.requests import network_address, recognise
from tests.town import Town


def test_an_active_account_is_its_person(town: Town) -> None:
    request = RequestFactory().get("/")
    request.user = Account.objects.get(person_id=town.ours[Role.HR].id)
    known = recognise(request)
    assert known is not None
    assert (known.person.id, known.organisation.id) == (town.ours[Role.HR].id, town.ours.id)


def test_nobody_and_a_suspended_account_are_nobody(town: Town) -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert recognise(request) is None
    request.user = Account.objects.get(person_id=town.ours[Role.HR].id)
    request.user.is_active = False
    assert recognise(request) is None


def test_the_address_is_what_the_server_saw() -> None:
    assert network_address(RequestFactory().get("/", REMOTE_ADDR="192.0.2.1")) == "192.0.2.1"
    assert network_address(RequestFactory().get("/", REMOTE_ADDR="")) is None
    forged = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="198.51.100.1")
    assert network_address(forged) == "192.0.2.1"
