"""A form with a recording in it, passed on piece by piece."""

import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory

from muniment.api.recordings import hand_over
from muniment.capture.calls.spool.door import DoorServer, SpoolDoor
from muniment.core.errors import NotAvailableError, WrongUseError
from tests.capture.calls.spool.samples import sound
from tests.capture.calls.spool.test_upload import FACTS, Here
from tests.capture.memory_keeper import ORGANISATION


@pytest.fixture
def here(tmp_path: Path) -> Here:
    return Here(tmp_path)


@pytest.fixture
def door(here: Here, tmp_path: Path) -> Iterator[SpoolDoor]:
    server = DoorServer(tmp_path / "spool.sock", tuple, here.uploads)
    threading.Thread(target=server.serve, daemon=True).start()
    yield SpoolDoor(tmp_path / "spool.sock")
    server.close()


def form() -> WSGIRequest:
    fields = {"recording": SimpleUploadedFile("call.wav", sound(1)), "facts": FACTS.decode()}
    return RequestFactory().post("/", fields)


def test_the_file_goes_to_who_seals_it(here: Here, door: SpoolDoor) -> None:
    assert not hand_over(form(), door, ORGANISATION, "").held_before
    assert here.keeper.originals() == [sound(1)]


def test_a_form_that_breaks_off_is_not_kept(here: Here, door: SpoolDoor) -> None:
    given = form()
    whole = given.environ["wsgi.input"].read()
    cut = WSGIRequest({**given.environ, "wsgi.input": BytesIO(whole[: len(whole) // 2])})
    with pytest.raises((NotAvailableError, WrongUseError)):
        hand_over(cut, door, ORGANISATION, "")
    assert here.keeper.originals() == []


def test_anything_else_is_no_form(here: Here, door: SpoolDoor) -> None:
    request = RequestFactory().post("/", {"started": "now"}, content_type="application/json")
    with pytest.raises(WrongUseError, match="multipart"):
        hand_over(request, door, ORGANISATION, "")
    assert here.keeper.originals() == []
