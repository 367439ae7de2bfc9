"""Fixtures of the town: a real keeper, a real (test) database, everybody of two firms in both."""

import datetime
from collections.abc import Callable, Iterator

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from muniment.people import keys, services
from muniment.people.models import Account, Person, PersonAddress, RoleAssignment
from muniment.people.roles import Role
from muniment.web import desk as desks
from tests import town as towns
from tests.town import Firm, Inhabitant, Town

PASSWORD = "three unlikely words together"
SIGN_IN_KEYS = keys.SignInKeys(
    "a secret that signs nothing but tests" * 2, b"a key for the codes of tests ..."
)


@pytest.fixture(scope="session")
def keeper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One installation with a running keeper for all tests that ask; its ledger only grows."""
    with towns.build(tmp_path_factory.mktemp("town")) as built:
        yield built


@pytest.fixture
def town(db: None, keeper: Town, settings: Settings) -> Iterator[Town]:
    """The installation with everybody's rows in the database."""
    keys.hold(SIGN_IN_KEYS)
    settings.HOME = keeper.home
    desks.desk.cache_clear()
    call_command("createcachetable", verbosity=0)
    for firm in (keeper.ours, keeper.theirs):
        _settle(firm)
    yield keeper
    desks.desk().close()  # a private keeper waits for the last who has dialled it
    desks.desk.cache_clear()


def _settle(firm: Firm) -> None:
    # Rows in bulk: what the services write to the ledger is shown by their own tests.
    services.found_organisation(firm.id, firm.name, demo=True)
    people = list(firm.people.values())
    Person.objects.bulk_create(Person(id=one.id, organisation_id=firm.id, name=one.name) for one in people)
    PersonAddress.objects.bulk_create(
        PersonAddress(person_id=one.id, organisation_id=firm.id, address=one.email(firm.domain))
        for one in people
    )
    Account.objects.bulk_create(
        Account(person_id=one.id, email=one.email(firm.domain), password="!") for one in people
    )
    RoleAssignment.objects.bulk_create(RoleAssignment(person_id=one.id, role=one.role) for one in people)


@pytest.fixture
def policy(town: Town) -> int:
    """A published policy that everybody in our firm must accept."""
    drafted = services.draft_policy(
        town.ours.id,
        subject="use",
        number="1.0",
        title="How we use e-mail",
        text="Write nothing that you would not sign.\n\nWe keep every message.",
        effective=datetime.date(2026, 1, 1),
    )
    services.publish(town.desk, drafted)
    return drafted


@pytest.fixture
def signed_in(town: Town) -> Callable[..., Client]:
    """A browser in which somebody is signed in, as by a demo link unless the test says otherwise."""

    def enter(person: Inhabitant | Role, *, by_demo_link: bool = True, csrf: bool = False) -> Client:
        who = town.ours[person] if isinstance(person, Role) else person
        browser = Client(SERVER_NAME="localhost", enforce_csrf_checks=csrf)
        browser.force_login(Account.objects.get(person_id=who.id))
        if by_demo_link:
            session = browser.session
            session["by_demo_link"] = True
            session.save()
        return browser

    return enter


@pytest.fixture
def nobody(town: Town) -> Client:
    """A browser in which nobody is signed in."""
    return Client(SERVER_NAME="localhost")


def acts_after(town: Town, sequence: int, firm: Firm | None = None) -> list[tuple[str, bytes]]:
    """What our firm's ledger has after a place: each act's clear part and body."""
    acts = town.desk.acts((firm or town.ours).id, sequence, 10_000)
    return [(act.clear.decode(), act.body) for act in acts]


def end_of_ledger(town: Town) -> int:
    """The place of the last act of our firm's ledger."""
    return town.desk.acts(town.ours.id, -1, 10_000)[-1].seq
