"""Old recordings kept as Opus: what the rule names, asking for it, and having the worker carry it out."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Schema, Status

from muniment.api import doors
from muniment.api.routes.excisions import Asked, AskNow
from muniment.api.shapes import SignedIn, TextToSign, plain, shape
from muniment.api.tokens import caller
from muniment.governance.views import RequestView
from muniment.release import compressing, native
from muniment.release.compressing import Progress
from muniment.release.native import Due

router = Router(tags=["native sound"])


class Reason(Schema):
    """Why they need not be kept as they are."""

    reason: str


@router.get("/native-sound", response=shape(Due))
def native_sound(request: HttpRequest) -> Any:
    """What the organisation's rule names now. Nothing is changed by this."""
    return plain(native.due(caller(request), settings.CALLS.native_days))


@router.post("/native-sound/statement", response=Asked)
def native_sound_statement(request: HttpRequest, body: Reason) -> Any:
    """What I am to sign to ask that what is due is kept as Opus."""
    draft, text = compressing.propose(caller(request), settings.CALLS.native_days, body.reason)
    return Asked(draft=draft, **TextToSign.of(text).model_dump())


@router.post("/native-sound/requests", response={201: shape(RequestView)})
def ask_for_opus(request: HttpRequest, body: AskNow) -> Any:
    """Ask, signed: from now on it waits for two different persons."""
    made = compressing.submit(doors.desk(), caller(request), body.draft, body.signed.opened())
    return Status(201, plain(made))


@router.get("/grants/{grant}/opus", response=shape(Progress))
def progress_to_opus(request: HttpRequest, grant: str) -> Any:
    """How far a grant is."""
    return plain(compressing.progress(caller(request), grant))


@router.post("/grants/{grant}/opus-statement", response={200: TextToSign, 204: None})
def opus_statement(request: HttpRequest, grant: str) -> Any:
    """What I am to sign for the next recordings; 204 where none is left that can be done now."""
    text = compressing.prepare(doors.desk(), caller(request), grant)
    return TextToSign.of(text) if text else Status(204, None)


@router.post("/grants/{grant}/opus", response={202: shape(Progress)})
def keep_as_opus(request: HttpRequest, grant: str, body: SignedIn) -> Any:
    """Have the worker carry out what I signed for, a recording at a time."""
    person = caller(request)
    compressing.order(doors.desk(), person, grant, body.signed.opened())
    return Status(202, plain(compressing.progress(person, grant)))


@router.post("/grants/{grant}/opus/stop", response=shape(Progress))
def stop_keeping_as_opus(request: HttpRequest, grant: str) -> Any:
    """Stop after the recording at hand."""
    person = caller(request)
    compressing.stop(person, grant)
    return plain(compressing.progress(person, grant))
