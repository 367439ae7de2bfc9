"""Each number of a matrix stands once in an organisation."""

import pytest
from django.db import IntegrityError, transaction

from muniment.governance import adoption
from muniment.governance.models import Adoption
from tests.governance.house import House


def test_a_number_is_given_once(house: House) -> None:
    adoption.set_up(house.desk, house.organisation, "communications")
    row = Adoption.objects.get()
    assert str(row) == "communications as number 1"
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
