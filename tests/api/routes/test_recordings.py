"""Recordings that are handed over by HTTP."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from muniment.api import doors
from muniment.capture.calls.spool.door import DoorServer, SpoolDoor
from muniment.people import services as people
from muniment.people.roles import Role
from muniment.people.services import TokenUse
from tests.api.conftest import Call
from tests.capture.calls.spool.samples import sound
from tests.capture.calls.spool.test_upload import FACTS, Here
from tests.governance.house import House

ADDRESS = "/api/v1/calls/recordings"
type Posting = Callable[..., Any]


@pytest.fixture
def here(tmp_path: Path, house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Here]:
    made = Here(tmp_path)
    made.serve_for(house.organisation)
    server = DoorServer(tmp_path / "spool.sock", tuple, made.uploads)
    threading.Thread(target=server.serve, daemon=True).start()
    monkeypatch.setattr(doors, "spool", lambda: SpoolDoor(tmp_path / "spool.sock"))
    yield made
    server.close()


@pytest.fixture
def post(house: House, call: Call) -> Posting:
    """Hands over as ira's switch."""
    del call  # it sets the API up
    secret, _ = people.make_token(house.id("ira"), "switch", use=TokenUse.SOURCE)

    def ask(fields: dict[str, object], address: str = ADDRESS, **headers: str) -> Any:
        return Client().post(address, fields, headers={"authorization": f"Bearer {secret}", **headers})

    return ask


def form(data: bytes, facts: bytes | None = FACTS, name: str = "call.wav") -> dict[str, object]:
    file = SimpleUploadedFile(name, data, "audio/wav")
    return {"recording": file} if facts is None else {"recording": file, "facts": facts.decode()}


def test_it_is_kept_and_sent_again_it_is_kept_once(here: Here, post: Posting) -> None:
    first = post(form(sound(1)))
    assert (first.status_code, first.json()) == (
        201,
        {"sha256": hashlib.sha256(sound(1)).hexdigest(), "bytes": len(sound(1)), "held_before": False},
    )
    again = post(form(sound(1)), **{"idempotency-key": "k1"})
    assert (again.status_code, again.json()["held_before"]) == (200, True)
    assert here.keeper.originals() == [sound(1)]


def test_a_large_one_passes_through_and_no_file_is_made(
    here: Here, post: Posting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(aside))
    large = sound(1) * 5000  # more than Django holds in memory
    assert len(large) > 3_000_000
    assert post(form(large)).status_code == 201
    assert here.keeper.originals() == [large]
    assert list(aside.iterdir()) == []


def test_what_is_not_as_described_is_refused_and_not_kept(here: Here, post: Posting) -> None:
    for fields, address in (
        (form(sound(1), None), ADDRESS),
        (form(sound(1), b"{}"), ADDRESS),
        (form(sound(1), name="call.exe"), ADDRESS),
        (form(b""), ADDRESS),
        ({"facts": FACTS.decode()}, ADDRESS),
        ({"other": SimpleUploadedFile("call.wav", sound(1)), "facts": FACTS.decode()}, ADDRESS),
        (form(sound(1)), f"{ADDRESS}?source=another"),
    ):
        answer = post(fields, address)
        assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert here.keeper.originals() == []


def test_while_it_cannot_be_kept_it_is_to_be_sent_again(here: Here, post: Posting) -> None:
    here.keeper.away = True
    answer = post(form(sound(1)))
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)


def test_where_no_process_takes_recordings_that_is_said(house: House, post: Posting) -> None:
    assert post(form(sound(1))).status_code == 503


def test_a_source_s_token_does_nothing_else_and_ends_with_the_role(
    house: House, call: Call, here: Here
) -> None:
    secret, _ = people.make_token(house.id("ira"), "switch", use=TokenUse.SOURCE)
    bearer = f"Bearer {secret}"
    assert call("", "GET", "/me", authorization=bearer).status_code == 401
    assert call("", "POST", "/calls/x/pause", {"why": "card"}, authorization=bearer).status_code == 403
    assert call("ira", "POST", "/calls/recordings").status_code == 403
    people.remove_role(house.desk, house.id("ira"), Role.IT_ENGINEER)
    answer = Client().post(ADDRESS, form(sound(1)), headers={"authorization": bearer})
    assert answer.status_code == 403
    assert here.keeper.originals() == []
