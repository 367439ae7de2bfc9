"""Grants over the API: erasing takes a signature, and answers with the certificate."""

from muniment.release import opening
from tests.api.conftest import Call
from tests.api.test_idempotency import wire
from tests.governance.house import House


def test_a_record_is_erased_by_the_holders_signature(house: House, call: Call) -> None:
    [record] = house.records(1)
    grant = house.erasure_granted([record]).grant
    shown = opening.prepare(house.person("cora"), grant, [record], "erase")
    path = f"/grants/{grant}/erasures"
    assert call("cora", "POST", path, {"record": record}).status_code == 422
    assert (
        call("dora", "POST", path, {"record": record, "assertion": wire(house, "dora", shown)}).status_code
        == 403
    )
    answer = call("cora", "POST", path, {"record": record, "assertion": wire(house, "cora", shown)})
    certificate = answer.json()
    assert certificate["rule"] == "4"
    read = call("dora", "GET", f"/certificates/{certificate['id']}").json()
    assert read == certificate
