"""A certificate that nobody issued is found."""

from typing import cast

import pytest
from django.db import connection

from muniment.core import canonical
from muniment.core.tags import BROKEN_OFF, TEST_CALL, EventTag
from muniment.governance.desk import Desk
from muniment.release.comparing import compare
from muniment.vault.messages import ActEntry
from tests.governance.house import House
from tests.release.conduct import erased


def test_an_edited_and_a_deleted_certificate_are_found(house: House) -> None:
    records = house.records(2)
    grant = house.erasure_granted(records).grant
    first, second = (erased(house, grant, record) for record in records)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE release_certificate SET record = 'rec_x' WHERE id = %s", [first.id])
        cursor.execute("DELETE FROM release_certificate WHERE id = %s", [second.id])
    assert {fault.kind for fault in compare(house.desk, house.organisation)} == {
        "row differs",
        "entry without row",
    }


class Added:
    """The desk with one more act at the end of the ledger."""

    def __init__(self, house: House, **clear: str) -> None:
        self._desk = house.desk
        self._organisation = house.organisation
        self._clear = canonical.dumps({"tag": EventTag.RECORD_ERASED, "time": 1, **clear})

    def acts(self, organisation: str, after: int, limit: int) -> tuple[ActEntry, ...]:
        found = self._desk.acts(organisation, after, limit)
        return found or ((ActEntry(10**6, self._clear, b"{}"),) if after < 10**6 else ())


@pytest.mark.parametrize(
    ("rule", "kinds"), [(BROKEN_OFF, set[str]()), (TEST_CALL, set()), ("4", {"entry without row"})]
)
def test_what_is_erased_by_a_rule_alone_needs_no_certificate(
    house: House, rule: str, kinds: set[str]
) -> None:
    """What a broken off recording left, and a test call: there is no grant and no person that a certificate could name."""
    desk = cast("Desk", Added(house, record="rec_" + "a" * 26, rule=rule))
    assert {fault.kind for fault in compare(desk, house.organisation)} == kinds
