"""Silence by a telephone desktop."""

from typing import Any

import pytest
from django.test import Client

from muniment.api import doors
from muniment.people import services as people
from tests.api.conftest import Call
from tests.governance.house import House
from tests.governance.test_silencing import Recorder


@pytest.fixture
def desktop(house: House, call: Call, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Asks as eve's telephone desktop."""
    recorder = Recorder(house.organisation)
    monkeypatch.setattr(doors, "recorder", lambda: recorder)
    secret, _ = people.make_token(house.id("eve"), "desktop", use=people.TokenUse.DESKTOP)

    def ask(path: str, body: dict[str, str]) -> Any:
        headers = {"authorization": f"Bearer {secret}"}
        return Client().post(f"/api/v1/calls/{path}", body, content_type="application/json", headers=headers)

    return ask


def test_a_desktop_pauses_and_resumes_by_the_switch_s_name(desktop: Any) -> None:
    begun = desktop("switch-7/pause", {"why": "card data"})
    assert (begun.status_code, begun.json()["silent"]) == (200, True)
    assert desktop("switch-7/resume", {"why": "said"}).json()["silent"] is False
    assert desktop("switch-7/page", {"page": "https://shop.example/pay"}).json()["rule"] == "shop"
    assert desktop("switch-8/pause", {"why": "card data"}).status_code == 404
    assert desktop("switch-7/pause", {"why": ""}).status_code == 422


def test_a_desktop_s_token_does_nothing_else(house: House, call: Call) -> None:
    secret, _ = people.make_token(house.id("hana"), "desktop", use=people.TokenUse.DESKTOP)
    assert call("", "GET", "/me", authorization=f"Bearer {secret}").status_code == 401
    assert call("hana", "POST", "/calls/switch-7/pause", {"why": "card data"}).status_code == 403
