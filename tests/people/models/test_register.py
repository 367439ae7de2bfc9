"""Register changes as the database keeps them."""

import pytest
from django.db import IntegrityError, transaction

from muniment.people.models import RegisterChange, RegisterSignature
from muniment.people.roles import Role
from tests.town import Town


def test_each_person_signs_a_change_once(town: Town) -> None:
    person = town.ours[Role.DIRECTOR].id
    change = RegisterChange.objects.create(
        organisation_id=town.ours.id,
        about_id=person,
        proposed_by_id=person,
        summary="Change",
        statement=b"{}",
    )
    RegisterSignature.objects.create(change=change, person_id=person, signed=b"1")
    with pytest.raises(IntegrityError), transaction.atomic():
        RegisterSignature.objects.create(change=change, person_id=person, signed=b"2")
    assert str(change) == "Change"
