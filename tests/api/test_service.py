"""The whole way of a request over the API, each signature made from what the API showed."""

import json
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings

from muniment.api.urls import api
from muniment.vault.authority.signing import to_json
from tests.api.conftest import Call
from tests.governance.house import House


class Program:
    """Somebody's program: it asks, signs what it is shown, and sends it back."""

    def __init__(self, house: House, call: Call) -> None:
        self.house, self.call = house, call

    def ask(self, name: str, method: str, path: str, body: object = None, *, expect: int = 200) -> Any:
        response = self.call(name, method, path, body)
        assert response.status_code == expect, response.content
        return json.loads(response.content) if response.content else None

    def signed(self, name: str, path: str, body: object = None) -> Any:
        shown = self.ask(name, "POST", path, body)
        assert shown["summary"]
        return json.loads(to_json(self.house.sign(name, shown["statement"].encode())))


def test_ask_find_decide_open_over_the_api(house: House, call: Call, monkeypatch: Any) -> None:
    program, records = Program(house, call), house.records(2)
    draft = program.ask("hana", "POST", "/drafts", {"category": "business"}, expect=201)["id"]
    program.ask(
        "hana",
        "PATCH",
        f"/drafts/{draft}",
        {
            "purpose": "K10",
            "given": {"reason": "To settle a question about an order."},
            "not_known": ["when", "extension", "external_number", "parties", "nature"],
        },
    )
    signed = program.signed("hana", f"/drafts/{draft}/statement")
    request = program.ask("hana", "POST", f"/drafts/{draft}/submission", {"signed": signed}, expect=201)
    assert request["fields"]["when"] is None

    from muniment.governance import locating  # noqa: PLC0415

    monkeypatch.setattr(locating, "searcher", lambda *_, **__: house.search(records))
    assertion = program.signed("cora", f"/requests/{draft}/locate-statement")
    found = program.ask(
        "cora", "POST", f"/requests/{draft}/searches", {"query": "offer", "assertion": assertion}
    )
    assert {one["id"] for one in found["records"]} == set(records)
    assert all(one["subject"] is None for one in found["records"])
    program.ask("cora", "POST", f"/requests/{draft}/records", {"records": records})

    waiting = program.ask("dora", "GET", "/waiting")
    assert [one["id"] for one in waiting["decide"]] == [draft]
    decision = program.signed("dora", f"/requests/{draft}/approval-statement", {"reason": "It is needed."})
    request = program.ask("dora", "POST", f"/requests/{draft}/decisions", {"signed": decision})
    assert request["state"] == "granted"

    grant = request["grant"]
    opening = program.signed("hana", f"/grants/{grant}/opening-statement", {"records": records[:1]})
    opened = program.ask(
        "hana", "POST", f"/grants/{grant}/openings", {"record": records[0], "assertion": opening}, expect=201
    )
    page = program.ask("hana", "GET", f"/readings/{opened['token']}")
    assert "Hello 0" in page["mail"]["text"]
    program.ask("dora", "GET", f"/readings/{opened['token']}", expect=404)

    revocation = program.signed("dora", f"/grants/{grant}/revocation-statement", {"reason": "Over."})
    assert (
        program.ask("dora", "POST", f"/grants/{grant}/revocation", {"signed": revocation})["state"]
        == "revoked"
    )
    program.ask("hana", "GET", f"/readings/{opened['token']}", expect=403)


def test_the_description_names_every_operation_and_its_shapes() -> None:
    schema = api.get_openapi_schema()
    operations = [operation for item in schema["paths"].values() for operation in item.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert all(operation["description"] for operation in operations)
    assert schema["components"]["schemas"]["RequestView"]["properties"]["requester"]


def test_no_input_that_fits_the_description_breaks_the_api(house: House, call: Call) -> None:
    """A short run: whatever is sent, the answer is a documented one and never a 500."""
    schema = schemathesis.openapi.from_dict(dict(api.get_openapi_schema()))
    failures: list[str] = []
    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]  # the description is valid

        @settings(max_examples=4, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def run(case: Any) -> None:
            path = case.formatted_path.removeprefix("/api/v1")
            is_form = case.media_type == "multipart/form-data"  # no JSON; `test_recordings` sends such
            body = case.body if isinstance(case.body, dict | list | str | int) and not is_form else None
            response = call("hana", case.method, path, body)
            if response.status_code >= 500 and response.status_code != 503:
                failures.append(f"{case.method} {path}: {response.status_code}")

        from hypothesis import given  # noqa: PLC0415

        given(case=operation.as_strategy())(run)()
    assert not failures
