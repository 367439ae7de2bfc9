"""Links that sign somebody in."""

import datetime

import pytest

from muniment.core import clock
from muniment.core.errors import RefusedError
from muniment.people import services
from muniment.people.models import Organisation, SignInLink
from muniment.people.roles import Role
from tests.town import Town

DEMO, ENROL = SignInLink.Use.DEMO, SignInLink.Use.ENROL


def test_a_demo_link_leads_to_its_persona_again_and_again(town: Town) -> None:
    person = town.ours[Role.HR].id
    token = services.make_link(town.ours.id, DEMO, person=person)
    for _ in range(2):
        assert services.who_follows(token) == services.view(person)
    assert SignInLink.objects.get().digest != token


def test_a_demo_link_is_dead_where_the_organisation_is_no_demo(town: Town) -> None:
    token = services.make_link(town.ours.id, DEMO, person=town.ours[Role.HR].id)
    Organisation.objects.filter(pk=town.ours.id).update(demo=False)
    assert services.who_follows(token) is None


def test_the_same_token_may_be_said_again_at_each_start(town: Town) -> None:
    for _ in range(2):
        services.make_link(town.ours.id, DEMO, person=town.ours[Role.HR].id, token="demo_fixed")
    assert SignInLink.objects.count() == 1


def test_an_enrolment_link_works_once_and_only_for_its_own_person(town: Town) -> None:
    ann, bob = services.add_person(town.ours.id, "Ann"), services.add_person(town.ours.id, "Bob")
    token = services.make_link(town.ours.id, ENROL, person=ann.id)
    assert services.enrolment(town.theirs.id, token) is None
    with pytest.raises(RefusedError, match="already been used"):
        services.use_enrolment(token, bob.id)
    services.use_enrolment(token, ann.id)
    assert services.enrolment(town.ours.id, token) is None
    with pytest.raises(RefusedError, match="already been used"):
        services.use_enrolment(token, ann.id)


def test_links_run_out(town: Town) -> None:
    ann = services.add_person(town.ours.id, "Ann")
    token = services.make_link(town.ours.id, ENROL, person=ann.id, lasts=datetime.timedelta(hours=1))
    assert services.enrolment(town.ours.id, token) is not None
    SignInLink.objects.update(expires=clock.now())
    assert services.enrolment(town.ours.id, token) is None


def test_the_two_kinds_of_link_do_not_stand_for_each_other(town: Town) -> None:
    demo = services.make_link(town.ours.id, DEMO, person=town.ours[Role.HR].id)
    enrol = services.make_link(town.ours.id, ENROL, person=town.ours[Role.HR].id)
    assert services.enrolment(town.ours.id, demo) is None
    assert services.who_follows(enrol) is None
