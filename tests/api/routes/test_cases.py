"""Cases over the API."""

from tests.api.conftest import Call
from tests.governance.house import House


def test_a_case_is_listed_and_closed(house: House, call: Call) -> None:
    request = house.submitted()
    listed = call("hana", "GET", "/cases").json()
    assert [one["id"] for one in listed["items"]] == [request.case]
    closed = call("cora", "POST", f"/cases/{request.case}/closure", {"outcome": "Withdrawn."})
    assert closed.json()["outcome"] == "Withdrawn."
