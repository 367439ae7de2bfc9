"""Taking stretches out of a recording over the API, each signature made from what the API showed."""

import pytest

from muniment.governance.models import Draft
from muniment.release.models import Certificate
from tests.api.conftest import Call
from tests.api.test_idempotency import wire
from tests.api.test_service import Program
from tests.governance.house import ROSTER, House
from tests.governance.test_holds import placed
from tests.release.excisions import (
    REASON,
    SECRET,
    a_call_with_card_data,
    catalogued,
    decided,
    heard_by_controller,
)
from tests.release.test_excising import original_of

STRETCH = {"start": 1000, "end": 2000, "channel": None}
NEW: dict[str, object] = {"stretches": [STRETCH], "reason": REASON}


def test_from_the_open_recording_to_the_certificate(house: House, call: Call) -> None:
    program, record = Program(house, call), a_call_with_card_data(house)
    token = heard_by_controller(house, record)
    shown = program.ask("cora", "POST", f"/readings/{token}/excision-statement", NEW)
    assert "0:01.000 to 0:02.000" in shown["statement"]
    body = {"draft": shown["draft"], "signed": wire(house, "cora", shown["statement"].encode())}
    request = program.ask("cora", "POST", f"/readings/{token}/excisions", body, expect=201)
    for name, extra in (("cora", {"beside": [house.id("dora")]}), ("dora", {})):
        said = {"reason": "It may not be kept.", **extra}
        decision = program.signed(name, f"/requests/{request['id']}/approval-statement", said)
        request = program.ask(name, "POST", f"/requests/{request['id']}/decisions", {"signed": decision})
    grant = request["grant"]

    found = program.ask("cora", "GET", f"/grants/{grant}/excisions/{record}")
    assert (found["stretches"], found["holds"], found["certificate"]) == ([STRETCH], [], None)
    assertion = program.signed("cora", f"/grants/{grant}/excision-statement", {"record": record})
    certificate = program.ask(
        "cora", "POST", f"/grants/{grant}/excisions", {"record": record, "assertion": assertion}
    )
    assert (certificate["rule"], certificate["spans"]) == ("0", [[1000, 2000, -1]])
    catalogued(house)
    assert SECRET not in original_of(house, certificate["replacement"])
    again = program.ask("cora", "GET", f"/grants/{grant}/excisions/{record}")
    assert again["certificate"] == certificate
    assert program.ask("dora", "GET", f"/certificates/{certificate['id']}") == certificate


def test_a_hold_is_named_and_nothing_can_be_signed(house: House, call: Call) -> None:
    record = a_call_with_card_data(house)
    grant = decided(house, record)
    hold = placed(house, [record])
    found = call("cora", "GET", f"/grants/{grant}/excisions/{record}").json()
    assert [one["id"] for one in found["holds"]] == [hold]
    refused = call("cora", "POST", f"/grants/{grant}/excision-statement", {"record": record})
    assert refused.status_code == 403
    assert "silent for everybody" in refused.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {**NEW, "stretches": []},
        {**NEW, "stretches": [{"start": 2000, "end": 1000}]},
        {**NEW, "stretches": [{"start": 9000, "end": 9500}]},
        {**NEW, "stretches": [{**STRETCH, "channel": 2}]},
        {**NEW, "stretches": [{**STRETCH, "channel": -1}]},
        {**NEW, "reason": "Card"},
    ],
)
def test_what_makes_no_sense_is_no_request(house: House, call: Call, body: object) -> None:
    token = heard_by_controller(house, a_call_with_card_data(house))
    assert call("cora", "POST", f"/readings/{token}/excision-statement", body).status_code == 422
    assert not Draft.objects.exists()


def test_nobody_else_asks_or_takes_out(house: House, call: Call) -> None:
    record = a_call_with_card_data(house)
    token = heard_by_controller(house, record)
    grant = decided(house, record)
    now: dict[str, object] = {"record": record, "assertion": wire(house, "dora", b"{}")}
    asked: dict[str, object] = {"draft": "req_none", "signed": now["assertion"]}
    for name in set(ROSTER) - {"cora"}:
        for path, body in (("excision-statement", NEW), ("excisions", asked)):
            assert call(name, "POST", f"/readings/{token}/{path}", body).status_code == 404, name
        for path, acts in (("excision-statement", {"record": record}), ("excisions", now)):
            assert call(name, "POST", f"/grants/{grant}/{path}", acts).status_code in {403, 404}, name
        seen = call(name, "GET", f"/grants/{grant}/excisions/{record}").status_code
        assert seen == (200 if name == "dora" else 404), name
    assert not Certificate.objects.exists()
