"""One request, one grant; one warrant, one grant; one record once in its list."""

import pytest
from django.db import IntegrityError, transaction

from muniment.governance.models import Grant, GrantRecord
from tests.governance.house import House


def test_neither_a_grant_nor_a_record_of_it_is_there_twice(house: House) -> None:
    [record] = house.records(1)
    house.granted([record])
    row = Grant.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        GrantRecord.objects.create(grant=row, record=record)
    row.pk = "grant_other"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
