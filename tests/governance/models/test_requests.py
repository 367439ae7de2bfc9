"""“Not known” is kept apart from a value, and a located record is kept once."""

import pytest
from django.db import IntegrityError, transaction

from muniment.governance.models import Located, Request
from tests.governance.house import House


def test_not_known_is_null_and_stands_so_in_the_facts(house: House) -> None:
    row = Request.objects.get(pk=house.submitted().id)
    assert row.extension is None
    assert row.facts()["extension"] is None


def test_a_record_is_located_once(house: House) -> None:
    request = house.submitted()
    Located.objects.create(request_id=request.id, record="rec_a")
    with pytest.raises(IntegrityError), transaction.atomic():
        Located.objects.create(request_id=request.id, record="rec_a")
