"""Letting people in and out."""

from datetime import timedelta

import pytest

from muniment.core import clock
from muniment.core.errors import RefusedError
from muniment.people import services
from muniment.people.models import Account, SignInLink
from muniment.people.roles import Role, may_give
from tests.residents import acts_after, end_of_ledger
from tests.town import Town

PASSWORD = "seven heavy words by the harbour"


def invited(town: Town, email: str = "nell@harbour.example") -> tuple[str, str]:
    person, token = services.invite(
        town.desk, town.ours.id, "Nell Harker", email, by=town.ours[Role.ADMINISTRATOR].id
    )
    return person.id, token


def test_whoever_is_invited_has_one_link_for_a_week(town: Town) -> None:
    before = end_of_ledger(town)
    person, token = invited(town)
    enrolment = services.enrolment(town.ours.id, token)
    assert enrolment is not None
    assert enrolment.person == person
    assert not enrolment.first_authority
    (link,) = services.access(person).links
    assert link.expires is not None
    assert timedelta(days=6) < link.expires - clock.now() <= timedelta(days=7)
    assert any("people:person:added" in clear for clear, _ in acts_after(town, before))


def test_an_address_invites_one_person_only(town: Town) -> None:
    invited(town)
    with pytest.raises(RefusedError, match="already belongs"):
        invited(town, "NELL@harbour.example")


def test_a_new_invitation_ends_the_old_one(town: Town) -> None:
    person, first = invited(town)
    second = services.invite_again(town.desk, person, by=town.ours[Role.ADMINISTRATOR].id)
    assert services.enrolment(town.ours.id, first) is None
    assert services.enrolment(town.ours.id, second) is not None


def test_a_reset_link_sets_a_password_once_and_ends_every_session(town: Town) -> None:
    hr, admin = town.ours[Role.HR].id, town.ours[Role.ADMINISTRATOR].id
    before = end_of_ledger(town)
    token = services.make_reset_link(town.desk, hr, by=admin)
    assert services.who_resets(token) == services.view(hr)
    services.reset_password(town.desk, token, PASSWORD)
    assert Account.objects.get(person_id=hr).check_password(PASSWORD)
    with pytest.raises(RefusedError, match="already been used"):
        services.reset_password(town.desk, token, "another one of the kind")
    written = [clear for clear, _ in acts_after(town, before)]
    assert any("people:link:made" in clear for clear in written)
    assert any("people:password:reset" in clear for clear in written)


def test_a_reset_link_lasts_a_day_and_is_nothing_else(town: Town) -> None:
    hr, admin = town.ours[Role.HR].id, town.ours[Role.ADMINISTRATOR].id
    token = services.make_reset_link(town.desk, hr, by=admin)
    assert services.enrolment(town.ours.id, token) is None
    assert services.who_follows(token) is None
    SignInLink.objects.filter(person_id=hr).update(expires=clock.now() - timedelta(seconds=1))
    assert services.who_resets(token) is None


def test_nobody_makes_one_for_themselves_or_for_whoever_cannot_sign_in(town: Town) -> None:
    admin = town.ours[Role.ADMINISTRATOR].id
    with pytest.raises(RefusedError, match="for themselves"):
        services.make_reset_link(town.desk, admin, by=admin)
    person, _ = invited(town)
    with pytest.raises(RefusedError, match="no account"):
        services.make_reset_link(town.desk, person, by=admin)


def test_ended_access_leaves_no_way_in(town: Town) -> None:
    hr, admin = town.ours[Role.HR].id, town.ours[Role.ADMINISTRATOR].id
    secret, _ = services.make_token(hr, "report")
    services.make_reset_link(town.desk, hr, by=admin)
    ended = services.end_access(town.desk, hr, by=admin)
    assert ended.roles == frozenset()
    assert services.who_holds(secret) is None
    left = services.access(hr)
    assert (left.active, left.links, left.tokens) == (False, (), 0)


def test_the_last_of_those_who_let_people_in_stays(town: Town) -> None:
    director = town.ours[Role.DIRECTOR].id
    for role in (Role.ADMINISTRATOR, Role.DATA_CONTROLLER):
        with pytest.raises(RefusedError, match="the only"):
            services.end_access(town.desk, town.ours[role].id, by=director)
    with pytest.raises(RefusedError, match="their own"):
        services.end_access(town.desk, director, by=director)


def test_who_runs_the_machine_names_nobody_who_decides() -> None:
    assert may_give([Role.ADMINISTRATOR], Role.IT_ENGINEER)
    assert may_give([Role.ADMINISTRATOR], Role.EMPLOYEE)
    assert not may_give([Role.ADMINISTRATOR], Role.DIRECTOR)
    assert not may_give([Role.ADMINISTRATOR], Role.AUDITOR)
    assert may_give([Role.DATA_CONTROLLER], Role.DIRECTOR)
    assert not may_give([Role.HR], Role.EMPLOYEE)
