"""A case closes once."""

import pytest
from django.db import IntegrityError, transaction

from muniment.core import clock
from muniment.governance.models import CaseClosure
from tests.governance.house import House


def test_a_case_has_one_closure(house: House) -> None:
    request = house.submitted()
    parts = {"case_id": request.case, "closed_by_id": house.id("cora"), "closed": clock.now(), "outcome": "x"}
    CaseClosure.objects.create(**parts, ledger_sequence=1, ledger_digest="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseClosure.objects.create(**parts, ledger_sequence=2, ledger_digest="x")
