"""Personal tokens."""

import datetime

import pytest

from muniment.core import clock
from muniment.core.errors import RefusedError
from muniment.people import services
from muniment.people.models import Account, PersonalToken
from muniment.people.roles import Role
from tests.town import Town


def test_a_token_is_shown_once_and_kept_as_a_hash(town: Town) -> None:
    person = town.ours[Role.HR].id
    text, view = services.make_token(person, "report")
    assert text.startswith(view.hint)
    row = PersonalToken.objects.get()
    assert text not in {str(value) for value in vars(row).values()}
    assert services.who_holds(text) == services.view(person)


def test_nobody_holds_what_was_never_made_has_run_out_or_was_ended(town: Town) -> None:
    person = town.ours[Role.HR].id
    assert services.who_holds("mun_nothing") is None
    text, view = services.make_token(person, "report")
    PersonalToken.objects.update(expires=clock.now() - datetime.timedelta(seconds=1))
    assert services.who_holds(text) is None
    text, view = services.make_token(person, "report")
    services.revoke_token(town.ours[Role.DIRECTOR].id, view.id)
    assert services.who_holds(text) is not None
    services.revoke_token(person, view.id)
    assert services.who_holds(text) is None


def test_a_suspended_account_holds_nothing(town: Town) -> None:
    text, _ = services.make_token(town.ours[Role.HR].id, "report")
    Account.objects.filter(person_id=town.ours[Role.HR].id).update(is_active=False)
    assert services.who_holds(text) is None


def test_use_is_noted_but_not_on_every_request(town: Town) -> None:
    text, _ = services.make_token(town.ours[Role.HR].id, "report")
    services.who_holds(text)
    first = PersonalToken.objects.get().last_used
    services.who_holds(text)
    assert first is not None
    assert PersonalToken.objects.get().last_used == first


@pytest.mark.parametrize("days", [0, 367])
def test_a_token_lasts_a_year_at_most(town: Town, days: int) -> None:
    with pytest.raises(RefusedError, match="between 1 and 366 days"):
        services.make_token(town.ours[Role.HR].id, "report", days=days)
