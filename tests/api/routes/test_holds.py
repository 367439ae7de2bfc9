"""Holds over the API: one places, two sign."""

from muniment.governance import holds
from tests.api.conftest import Call
from tests.api.test_idempotency import wire
from tests.governance.house import House


def test_one_places_and_two_release(house: House, call: Call) -> None:
    records = house.records(1)
    hold = call("ines", "POST", "/holds", {"records": records, "reason": "A claim."}).json()
    answer = hold
    for name in ("cora", "dora"):
        shown = holds.prepare_release(house.desk, house.person(name), hold["id"], "Settled.")
        body = {"signed": wire(house, name, shown)}
        answer = call(name, "POST", f"/holds/{hold['id']}/release", body).json()
    assert answer["released"] is not None
    listed = call("aud", "GET", f"/holds?record={records[0]}").json()
    assert [one["id"] for one in listed["items"]] == [hold["id"]]
