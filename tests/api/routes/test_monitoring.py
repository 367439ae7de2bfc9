"""Calls in progress over the API: asked for, decided, listed, heard and ended, and by nobody else."""

import json
from typing import Any

import pytest

from muniment.api import doors
from muniment.api.models import KeptAnswer
from muniment.core.tags import EventTag
from muniment.governance import monitored
from tests.api.conftest import Call
from tests.api.test_idempotency import wire
from tests.api.test_service import Program
from tests.governance.house import ROSTER, House
from tests.governance.test_granting import revoked
from tests.governance.test_monitored import granted, line_of
from tests.release.test_monitoring import CALL, Recorder, tags


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    made = Recorder()
    monkeypatch.setattr(doors, "recorder", lambda: made)
    return made


@pytest.fixture
def grant(house: House) -> str:
    line_of(house, "eve", "201")
    return granted(house).grant


def begun(house: House, call: Call, grant: str, **headers: str) -> Any:
    """The answer to a signed beginning."""
    text = call("olga", "POST", f"/grants/{grant}/monitoring-statement", {"call": CALL}).json()
    signed = json.loads(json.dumps(wire(house, "olga", text["statement"].encode())))
    body = {"call": CALL, "assertion": signed}
    return call("olga", "POST", f"/grants/{grant}/monitorings", body, **headers)


def test_from_the_request_to_the_sound_and_the_end(house: House, call: Call, recorder: Recorder) -> None:
    line_of(house, "eve", "201")
    program = Program(house, call)
    draft = program.ask("olga", "POST", "/drafts", {"category": "monitor"}, expect=201)["id"]
    said = {
        "purpose": "C4",
        "given": {"reason": "To coach a new colleague."},
        "not_known": [*monitored.NOT_SAID, "extension"],
        "about": [house.id("eve")],
        "hours": 4,
    }
    program.ask("olga", "PATCH", f"/drafts/{draft}", said)
    signed = program.signed("olga", f"/drafts/{draft}/statement")
    request = program.ask("olga", "POST", f"/drafts/{draft}/submission", {"signed": signed}, expect=201)
    assert request["lines"] == ["ext:201"]
    decision = program.signed("dora", f"/requests/{draft}/approval-statement", {"reason": "It is needed."})
    grant = program.ask("dora", "POST", f"/requests/{draft}/decisions", {"signed": decision})["grant"]

    (listed,) = program.ask("olga", "GET", f"/grants/{grant}/live-calls")
    assert (listed["facts"]["id"], listed["obstacle"], listed["silent"]) == (CALL, "", False)
    assertion = program.signed("olga", f"/grants/{grant}/monitoring-statement", {"call": CALL})
    token = program.ask(
        "olga", "POST", f"/grants/{grant}/monitorings", {"call": CALL, "assertion": assertion}, expect=201
    )["token"]
    assert EventTag.MONITOR_STARTED in tags(house)
    assert recorder.heard == [], "not a word was asked for before the entry"
    assert program.ask("olga", "GET", f"/monitorings/{token}")["call"] == CALL
    sound = call("olga", "GET", f"/monitorings/{token}/sound")
    assert (sound.status_code, sound["Content-Type"], sound["Muniment-Silent"]) == (200, "audio/wav", "no")
    assert sound.content[:4] == b"RIFF"
    assert sound["Cache-Control"] == "no-store"
    program.ask("olga", "POST", f"/monitorings/{token}/end", expect=204)
    program.ask("olga", "GET", f"/monitorings/{token}", expect=404)
    program.ask("olga", "GET", f"/monitorings/{token}/sound", expect=404)


def test_nobody_else_lists_begins_or_hears(house: House, call: Call, recorder: Recorder, grant: str) -> None:
    token = begun(house, call, grant).json()["token"]
    body = {"call": CALL, "assertion": wire(house, "dora", b"{}")}
    for name in ROSTER:
        if name == "olga":
            continue
        assert call(name, "GET", f"/grants/{grant}/live-calls").status_code in {403, 404}, name
        for path in ("monitoring-statement", "monitorings"):
            assert call(name, "POST", f"/grants/{grant}/{path}", body).status_code in {403, 404}, name
        for method, path in (("GET", ""), ("GET", "/sound"), ("POST", "/end")):
            assert call(name, method, f"/monitorings/{token}{path}").status_code == 404, name
    assert recorder.heard == []


def test_nothing_new_silence_and_the_end_are_told_apart(
    house: House, call: Call, recorder: Recorder, grant: str
) -> None:
    token = begun(house, call, grant).json()["token"]
    recorder.data, recorder.silent = b"", True
    waiting = call("olga", "GET", f"/monitorings/{token}/sound")
    assert (waiting.status_code, waiting["Muniment-Silent"], waiting.content) == (204, "yes", b"")
    recorder.over = "the call is over"
    over = call("olga", "GET", f"/monitorings/{token}/sound")
    assert (over.status_code, over.content) == (410, b"It is over: the call is over.")


def test_a_grant_taken_back_is_silent_at_once(
    house: House, call: Call, recorder: Recorder, grant: str
) -> None:
    token = begun(house, call, grant).json()["token"]
    revoked(house, "dora", grant)
    assert call("olga", "GET", f"/monitorings/{token}/sound").status_code == 403
    assert recorder.heard == []


def test_what_stands_in_the_way_is_said_and_refused(
    house: House, call: Call, recorder: Recorder, grant: str
) -> None:
    recorder.kept = False
    assert "notice" in call("olga", "GET", f"/grants/{grant}/live-calls").json()[0]["obstacle"]
    refused = call("olga", "POST", f"/grants/{grant}/monitoring-statement", {"call": CALL})
    assert refused.status_code == 403
    assert "cannot be heard yet" in refused.json()["title"]


def test_the_token_is_kept_nowhere(house: House, call: Call, recorder: Recorder, grant: str) -> None:
    assert begun(house, call, grant, idempotency_key="k1").status_code == 201
    assert not KeptAnswer.objects.exists()
    assert recorder.facts.id == CALL


def test_where_no_recorder_answers_the_problem_says_so(call: Call, grant: str) -> None:
    away = call("olga", "GET", f"/grants/{grant}/live-calls")
    assert (away.status_code, away["Retry-After"]) == (503, "5")
