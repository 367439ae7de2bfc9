"""Calls in progress under a grant: which there are, hearing one, and hearing no more.

It is asked for as everything is: a draft of the class "monitor" at drafts, decided at requests.
"""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status

from muniment.api import doors
from muniment.api.idempotency import never_kept
from muniment.api.shapes import Signed, TextToSign, plain, shape
from muniment.api.tokens import caller
from muniment.release import monitoring
from muniment.release.downloads import live_sound
from muniment.release.monitoring import Listening, LiveCall

router = Router(tags=["monitoring"])
_SOUND = {
    "responses": {
        200: {"description": "A WAV file.", "content": {"audio/wav": {"schema": {"format": "binary"}}}},
        204: {"description": "Nothing came since."},
        410: {"description": "It is over; why, in words.", "content": {"text/plain": {}}},
    }
}


class ToHear(Schema):
    """One call in progress, by its `facts.id`."""

    call: str


class HearNow(Schema):
    """One call in progress, and the holder's signed word."""

    call: str
    assertion: Signed


class Begun(Schema):
    """A call is heard until `until`: its sound is at monitorings/{token}/sound."""

    token: str
    call: str
    until: datetime


@router.get("/grants/{grant}/live-calls", response=list[shape(LiveCall)])  # type: ignore[misc]  # made at run time
def live_calls(request: HttpRequest, grant: str) -> Any:
    """The calls in progress on the lines of my grant, the oldest first, each with what stands in the way."""
    return plain(monitoring.calls(doors.desk(), doors.recorder(), caller(request), grant))


@router.post("/grants/{grant}/monitoring-statement", response=TextToSign)
def monitoring_statement(request: HttpRequest, grant: str, body: ToHear) -> Any:
    """What I am to sign before I hear a call."""
    return TextToSign.of(monitoring.ask(doors.desk(), doors.recorder(), caller(request), grant, body.call))


@router.post("/grants/{grant}/monitorings", response={201: Begun})
def begin_monitoring(request: HttpRequest, grant: str, body: HearNow) -> HttpResponse:
    """Begin to listen, signed. The ledger has it before the first word is heard."""
    begun = monitoring.begin(
        doors.desk(), doors.recorder(), caller(request), grant, body.call, body.assertion.opened()
    )
    answer = Begun(token=begun.token, call=begun.call, until=begun.until)
    return never_kept(HttpResponse(answer.model_dump_json(), status=201, content_type="application/json"))


@router.get("/monitorings/{token}", response=shape(Listening))
def one_monitoring(request: HttpRequest, token: str) -> Any:
    """What I listen to, while its half hour lasts and its grant stands."""
    return plain(monitoring.one(caller(request), token))


@router.get("/monitorings/{token}/sound", response={200: bytes, 204: None}, openapi_extra=_SOUND)
def monitored_sound(request: HttpRequest, token: str) -> HttpResponse:
    """What came since the last time, decided anew: ask once a second. Muniment-Silent: recording is paused."""
    return live_sound(monitoring.next_second(doors.desk(), doors.recorder(), caller(request), token))


@router.post("/monitorings/{token}/end", response={204: None})
def end_monitoring(request: HttpRequest, token: str) -> Any:
    """Listen no more. The ledger says how much was heard."""
    monitoring.end(doors.desk(), caller(request), token)
    return Status(204, None)
