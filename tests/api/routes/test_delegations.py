"""Delegations over the API: the Data Controller makes one, the delegate may end it."""

from datetime import timedelta

from muniment.core import clock
from tests.api.conftest import Call
from tests.governance.house import House


def test_made_listed_and_ended(house: House, call: Call) -> None:
    now = clock.now()
    body = {
        "person": house.id("dan"),
        "classes": ["dsar"],
        "begins": now.isoformat(),
        "ends": (now + timedelta(days=3)).isoformat(),
        "reason": "Leave.",
    }
    made = call("cora", "POST", "/delegations", body).json()
    assert (made["state"], made["delegate"]["name"]) == ("running", "Dan")
    assert [one["id"] for one in call("dan", "GET", "/delegations").json()["items"]] == [made["id"]]
    assert call("dan", "POST", f"/delegations/{made['id']}/end").json()["state"] == "ended"


def test_a_time_without_zone_is_refused(house: House, call: Call) -> None:
    body = {
        "person": house.id("dan"),
        "classes": ["dsar"],
        "begins": "2026-01-01T00:00:00",
        "ends": "2099-01-01T00:00:00",
        "reason": "Leave.",
    }
    assert call("cora", "POST", "/delegations", body).status_code == 422
