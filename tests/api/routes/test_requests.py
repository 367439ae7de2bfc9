"""Requests over the API: pages, and a token alone decides nothing."""

from muniment.governance import deciding
from muniment.governance.models import Decision
from tests.api.conftest import Call
from tests.api.test_idempotency import wire
from tests.governance.house import House


def test_requests_come_in_pages(house: House, call: Call) -> None:
    made = [house.submitted().id for _ in range(3)]
    first = call("hana", "GET", "/requests?limit=2").json()
    assert [one["id"] for one in first["items"]] == made[:0:-1]
    rest = call("hana", "GET", f"/requests?limit=2&cursor={first['next']}").json()
    assert ([one["id"] for one in rest["items"]], rest["next"]) == (made[:1], "")


def test_a_token_without_a_signature_decides_nothing(house: House, call: Call) -> None:
    request = house.located(house.submitted(), house.records(1))
    shown = deciding.prepare_approval(house.desk, house.person("dora"), request.id, "It is needed.")
    path = f"/requests/{request.id}/decisions"
    for body in ({}, {"signed": None}, {"signed": "yes"}, {"reason": "It is needed."}):
        assert call("dora", "POST", path, body).status_code == 422
    assert call("dora", "POST", path, {"signed": wire(house, "dan", shown)}).status_code == 403
    assert not Decision.objects.exists()
    assert call("dora", "POST", path, {"signed": wire(house, "dora", shown)}).status_code == 200
