"""A row of an opened record holds nothing readable; a record has one certificate."""

import pytest
from django.db import IntegrityError, transaction

from muniment.release.models import Certificate, Reading
from tests.governance.house import House
from tests.release.conduct import erased, opened


def test_the_row_has_neither_the_token_nor_a_word_of_the_record(house: House) -> None:
    [record] = house.records(1)
    page = opened(house, "hana", house.granted([record]).grant, record)
    [row] = Reading.objects.values()
    said = " ".join(str(bytes(value) if isinstance(value, memoryview) else value) for value in row.values())
    for word in (page.token, "Offer", "Hello"):
        assert word not in said


def test_a_record_is_certified_once(house: House) -> None:
    [record] = house.records(1)
    erased(house, house.erasure_granted([record]).grant, record)
    row = Certificate.objects.get()
    row.pk = "cert_other"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
