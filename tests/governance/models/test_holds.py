"""A hold that stands cannot be deleted by the way, and one person signs its release once."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from muniment.governance.models import Hold, HoldReleaseSignature
from tests.governance.house import House
from tests.governance.test_holds import placed, released


def test_a_hold_is_protected_by_its_records(house: House) -> None:
    placed(house, house.records(1))
    with pytest.raises(ProtectedError):
        Hold.objects.all().delete()


def test_a_signature_stands_once(house: House) -> None:
    released(house, placed(house, house.records(1)), "cora")
    row = HoldReleaseSignature.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
