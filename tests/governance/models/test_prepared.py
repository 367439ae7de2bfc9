"""A text that was shown is named by its digest, once."""

import pytest
from django.db import IntegrityError, transaction

from muniment.core import clock
from muniment.governance.models import Prepared
from tests.governance.house import House


def test_one_text_one_row(house: House) -> None:
    parts = {
        "digest": "00",
        "organisation_id": house.organisation,
        "person_id": house.id("hana"),
        "act": "act",
        "subject": "s",
        "statement": b"{}",
        "prepared": clock.now(),
    }
    Prepared.objects.create(**parts)
    with pytest.raises(IntegrityError), transaction.atomic():
        Prepared.objects.create(**parts)
