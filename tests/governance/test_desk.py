"""An act and its row: one place in the ledger, one digest, both or neither."""

import pytest
from django.db import transaction

from muniment.core import clock
from muniment.governance.desk import write
from muniment.governance.models import Case
from tests.governance.house import House


def case(house: House, organisation: str) -> Case:
    return Case(
        organisation_id=organisation,
        category="business",
        title="A case",
        opened_by_id=house.id("hana"),
        opened=clock.now(),
    )


def test_the_row_keeps_its_place_and_digest(house: House) -> None:
    row = case(house, house.organisation)
    with transaction.atomic():
        write(house.desk, house.organisation, row)
    last = house.desk.acts(house.organisation, -1, 100)[-1]
    assert row.ledger_sequence == last.seq
    assert row.ledger_digest == row.digest()


def test_what_the_keeper_does_not_take_is_no_row(house: House) -> None:
    row = case(house, house.organisation)
    with pytest.raises(Exception, match="no organisation"), transaction.atomic():
        write(house.desk, "org_nowhere", row)
    assert not Case.objects.filter(pk=row.pk).exists()
