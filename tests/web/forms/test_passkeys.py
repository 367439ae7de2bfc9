"""allauth's form for a new passkey, as we use it."""

from allauth.core import context
from django.http import QueryDict

from muniment.people.models import Account
from muniment.people.roles import Role
from muniment.web.forms.passkeys import PasskeyForm
from tests.town import Town


def test_a_new_passkey_always_signs_in_by_itself(town: Town, rf) -> None:
    account = Account.objects.get(person_id=town.ours[Role.HR].id)
    with context.request_context(rf.get("/", SERVER_NAME="localhost")):
        form = PasskeyForm(user=account, data=QueryDict("name=phone&credential="))
        assert form.data["passwordless"] == "on"
        assert set(form.errors) == {"credential"}
