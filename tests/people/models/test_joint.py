"""An authority's signature under an act counts once."""

import pytest
from django.db import IntegrityError, transaction

from muniment.people.models import JointAct, JointSignature
from muniment.people.roles import Role
from tests.town import Town


def test_one_signature_of_one_person(town: Town) -> None:
    act = JointAct.objects.create(organisation_id=town.ours.id, statement=b"{}")
    director = town.ours[Role.DIRECTOR].id
    JointSignature.objects.create(act=act, person_id=director, signed=b"{}")
    with pytest.raises(IntegrityError), transaction.atomic():
        JointSignature.objects.create(act=act, person_id=director, signed=b"{}")
    JointSignature.objects.create(act=act, person_id=town.ours[Role.DATA_CONTROLLER].id, signed=b"{}")


def test_what_it_is_called(town: Town) -> None:
    act = JointAct.objects.create(organisation_id=town.ours.id, statement=b"{}")
    signature = JointSignature.objects.create(act=act, person_id=town.ours[Role.DIRECTOR].id, signed=b"{}")
    assert town.ours.id in str(act)
    assert town.ours[Role.DIRECTOR].id in str(signature)
