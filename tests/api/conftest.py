"""The same house as governance's tests, with tokens, behind the real URLs."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from muniment.api import doors
from muniment.people import services as people
from tests.governance.conftest import house, roomy_estate
from tests.governance.house import House

__all__ = ["house", "roomy_estate"]

type Call = Callable[..., Any]
"""Asks the API; the answer is the test client's response."""


@pytest.fixture
def call(house: House, settings: Any) -> Iterator[Call]:
    """Calls the API as somebody of a house: call(name, method, path, body)."""
    settings.HOME = house.estate.home

    def token(place: House, name: str) -> str:
        secret = f"mun_{place.organisation}_{name}"
        if people.who_holds(secret) is None:  # a test may have rolled back to before it was made
            people.make_token(place.id(name), "test", secret=secret)
        return secret

    def ask(
        name: str, method: str, path: str, body: object = None, *, at: House = house, **headers: str
    ) -> Any:
        if name:
            headers.setdefault("authorization", f"Bearer {token(at, name)}")
        return Client().generic(
            method,
            f"/api/v1{path}",
            data=b"" if body is None else _json(body),
            content_type="application/json",
            headers=headers,
        )

    yield ask
    doors.desk().close()  # an idle connection would keep the estate's private keeper waiting


def _json(body: object) -> bytes:
    import msgspec  # noqa: PLC0415

    return msgspec.json.encode(body)
