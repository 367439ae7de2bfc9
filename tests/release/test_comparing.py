"""A certificate that nobody issued is found."""

from django.db import connection

from muniment.release.comparing import compare
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
