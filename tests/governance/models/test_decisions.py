"""One person signs one warrant once."""

import pytest
from django.db import IntegrityError, transaction

from muniment.governance.models import Decision
from tests.governance.house import House


def test_a_decision_on_one_warrant_stands_once(house: House) -> None:
    house.granted(house.records(1))
    row = Decision.objects.get()
    row.pk = "dec_other"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
