"""Organisations, persons, addresses, accounts, line managers."""

import pytest

from muniment.core.errors import RefusedError, WrongUseError
from muniment.people import services
from muniment.people.models import PersonAddress
from muniment.people.roles import Role
from muniment.people.services import organisations
from tests.town import Town


def test_founding_twice_changes_nothing(town: Town) -> None:
    again = services.found_organisation(town.ours.id, "Another name")
    assert (again.name, again.demo) == (town.ours.name, True)


def test_a_person_is_seen_with_roles_addresses_and_manager(town: Town) -> None:
    person = services.add_person(town.ours.id, "Ann", addresses=["Ann@Harbour.Example "])
    services.open_account(person.id, "ANN@harbour.example")
    services.give_role(town.desk, person.id, Role.EMPLOYEE)
    services.set_line_manager(person.id, town.ours[Role.LINE_MANAGER].id)
    seen = services.view(person.id)
    assert seen.addresses == ("ann@harbour.example",)
    assert seen.email == "ann@harbour.example"
    assert seen.roles == {Role.EMPLOYEE}
    assert seen.line_manager == town.ours[Role.LINE_MANAGER].id


def test_one_address_means_one_person_within_an_organisation(town: Town) -> None:
    services.add_person(town.ours.id, "Ann", addresses=["shared@harbour.example"])
    with pytest.raises(RefusedError, match="already belongs"):
        services.add_person(town.ours.id, "Bob", addresses=["SHARED@harbour.example"])
    assert "Bob" not in {person.name for person in services.persons(town.ours.id)}
    services.add_person(town.theirs.id, "Bob", addresses=["shared@harbour.example"])


def test_one_account_one_person(town: Town) -> None:
    ann, bob = services.add_person(town.ours.id, "Ann"), services.add_person(town.ours.id, "Bob")
    services.open_account(ann.id, "ann@harbour.example")
    with pytest.raises(RefusedError, match="one account, one person"):
        services.open_account(bob.id, "Ann@Harbour.example")
    with pytest.raises(RefusedError, match="one account, one person"):
        services.open_account(ann.id, "second@harbour.example")


def test_nobody_is_their_own_line_manager_nor_managed_from_elsewhere(town: Town) -> None:
    ann = town.ours[Role.EMPLOYEE].id
    with pytest.raises(RefusedError, match="another person of the same organisation"):
        services.set_line_manager(ann, ann)
    with pytest.raises(RefusedError, match="another person of the same organisation"):
        services.set_line_manager(ann, town.theirs[Role.LINE_MANAGER].id)


def test_who_is_unknown_is_said_to_be(town: Town) -> None:
    with pytest.raises(WrongUseError, match="no person per_none"):
        services.view("per_none")
    with pytest.raises(WrongUseError, match="no organisation org_none"):
        services.organisation_view("org_none")


def test_a_number_means_one_person_however_it_is_written(town: Town) -> None:
    ann, bob = services.add_person(town.ours.id, "Ann"), services.add_person(town.ours.id, "Bob")
    for written in ("01632 960001", "+44 (0)1632 960001"):
        organisations.add_address(ann.id, written, PersonAddress.Kind.TELEPHONE)
    assert services.view(ann.id).addresses == ("+441632960001",)
    with pytest.raises(RefusedError, match="already belongs"):
        organisations.add_address(bob.id, "01632960001", PersonAddress.Kind.TELEPHONE)
    organisations.add_address(bob.id, "201", PersonAddress.Kind.TELEPHONE)
    assert services.view(bob.id).addresses == ("ext:201",)
