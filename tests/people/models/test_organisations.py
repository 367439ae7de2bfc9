"""Organisations and persons as the database keeps them."""

from muniment.core import ids
from muniment.people.models import Organisation, Person, PersonAddress
from muniment.people.models.organisations import new_organisation_id, new_person_id
from muniment.people.roles import Role
from tests.town import Town


def test_fresh_ids_say_what_they_name() -> None:
    assert ids.decode(ids.Prefix.ORGANISATION, new_organisation_id())
    assert ids.decode(ids.Prefix.PERSON, new_person_id())


def test_an_address_is_folded_and_takes_the_persons_organisation(town: Town) -> None:
    person = Person.objects.get(pk=town.ours[Role.HR].id)
    address = PersonAddress.objects.create(person=person, address=" Ann@Example.ORG ")
    assert (address.address, address.organisation_id) == ("ann@example.org", town.ours.id)


def test_rows_are_called_by_their_names(town: Town) -> None:
    assert str(Organisation.objects.get(pk=town.ours.id)) == "Harbour Works"
    assert str(Person.objects.get(pk=town.ours[Role.HR].id)) == "HR Person"
