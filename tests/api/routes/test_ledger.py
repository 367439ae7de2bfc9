"""The proof log and what was refused, over the API."""

from tests.api.conftest import Call
from tests.governance.house import House
from tests.governance.test_denials import refused
from tests.governance.test_watching import entered


def test_the_ledger_comes_newest_first_in_pages(house: House, call: Call) -> None:
    for sequence in range(3):
        entered(house, sequence)
    first = call("aud", "GET", "/ledger?limit=2").json()
    assert [one["sequence"] for one in first["items"]] == [2, 1]
    rest = call("aud", "GET", f"/ledger?limit=2&cursor={first['next']}").json()
    assert [one["sequence"] for one in rest["items"]] == [0]


def test_refusals_for_watchers_and_for_oneself(house: House, call: Call) -> None:
    refused(house, "ira")
    assert len(call("aud", "GET", "/denials").json()["items"]) == 1
    assert len(call("ira", "GET", "/denials/mine").json()["items"]) == 1
