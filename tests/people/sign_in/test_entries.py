"""Sign-ins in the ledger."""

from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.test import RequestFactory

from muniment.people.models import Account
from muniment.people.roles import Role
from muniment.people.sign_in import entries
from tests.residents import acts_after, end_of_ledger
from tests.town import Town


def test_who_how_and_from_where(town: Town) -> None:
    account = Account.objects.select_related("person").get(person_id=town.ours[Role.HR].id)
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.9")
    request.session = SessionStore()
    request.session["account_authentication_methods"] = [
        {"method": "password"},
        {"method": "mfa", "type": "totp"},
    ]
    before = end_of_ledger(town)
    entries.signed_in(request, account)
    entries.failed(request, account)
    made, failed = acts_after(town, before)
    assert "people:sign_in:made" in made[0]
    assert b"password, totp" in made[1]
    assert b"192.0.2.9" in made[1]
    assert "people:sign_in:failed" in failed[0]
    assert account.person_id.encode() in failed[1]
