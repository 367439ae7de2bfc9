"""Keeping old recordings as Opus over the API: due, asked for, decided, carried out by the worker, stopped."""

from types import SimpleNamespace
from typing import Any

import pytest

from muniment.release import compressing
from tests.api.conftest import Call
from tests.api.test_idempotency import wire
from tests.api.test_service import Program
from tests.governance.house import ROSTER, House
from tests.release.conversions import REASON, a_recorded_call, decided, rules


@pytest.fixture(autouse=True)
def rule(house: House, settings: Any) -> None:
    settings.CALLS = SimpleNamespace(native_days=rules(house))


def test_from_what_is_due_to_opus(house: House, call: Call) -> None:
    program, record = Program(house, call), a_recorded_call(house)
    due = program.ask("cora", "GET", "/native-sound")
    assert (due["count"], due["records"]) == (1, [record])
    shown = program.ask("cora", "POST", "/native-sound/statement", {"reason": REASON})
    body = {"draft": shown["draft"], "signed": wire(house, "cora", shown["statement"].encode())}
    request = program.ask("cora", "POST", "/native-sound/requests", body, expect=201)
    for name, extra in (("cora", {"beside": [house.id("dora")]}), ("dora", {})):
        said = {"reason": "Our rule says so.", **extra}
        decision = program.signed(name, f"/requests/{request['id']}/approval-statement", said)
        request = program.ask(name, "POST", f"/requests/{request['id']}/decisions", {"signed": decision})
    grant = request["grant"]

    signed = program.signed("cora", f"/grants/{grant}/opus-statement")
    asked = program.ask("cora", "POST", f"/grants/{grant}/opus", {"signed": signed}, expect=202)
    assert (asked["total"], asked["done"], asked["running"]) == (1, 0, True)
    program.ask("cora", "POST", f"/grants/{grant}/opus-statement", expect=204)
    assert compressing.run_waiting(house.desk, house.estate.doors.capture) == 1
    done = program.ask("dora", "GET", f"/grants/{grant}/opus")
    assert (done["done"], done["running"]) == (1, False)
    program.ask("cora", "POST", f"/grants/{grant}/opus-statement", expect=204)


def test_it_is_stopped_before_the_next_recording(house: House, call: Call) -> None:
    program = Program(house, call)
    a_recorded_call(house)
    grant = decided(house)
    signed = program.signed("cora", f"/grants/{grant}/opus-statement")
    program.ask("cora", "POST", f"/grants/{grant}/opus", {"signed": signed}, expect=202)
    program.ask("cora", "POST", f"/grants/{grant}/opus/stop")
    assert compressing.run_waiting(house.desk, house.estate.doors.capture) == 0


def test_nobody_else_asks_orders_or_stops(house: House, call: Call) -> None:
    a_recorded_call(house)
    grant = decided(house)
    text = call("cora", "POST", f"/grants/{grant}/opus-statement").json()["statement"].encode()
    signed = {"signed": wire(house, "dora", text)}
    for name in set(ROSTER) - {"cora"}:
        assert call(name, "GET", "/native-sound").status_code == 403, name
        assert call(name, "POST", "/native-sound/statement", {"reason": REASON}).status_code == 403, name
        asked = call(name, "POST", "/native-sound/requests", {"draft": "req_none", **signed})
        assert asked.status_code == 404, name
        seen = call(name, "GET", f"/grants/{grant}/opus").status_code
        assert seen == (200 if name == "dora" else 404), name
        for path in ("opus-statement", "opus", "opus/stop"):
            answer = call(name, "POST", f"/grants/{grant}/{path}", signed)
            assert answer.status_code in {403, 404}, (name, path)


@pytest.mark.parametrize("reason", ["", "Old"])
def test_a_reason_is_a_sentence(house: House, call: Call, reason: str) -> None:
    a_recorded_call(house)
    assert call("cora", "POST", "/native-sound/statement", {"reason": reason}).status_code == 422
