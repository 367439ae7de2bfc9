"""Stretches of a recording that nobody may keep: ask, see what was decided, and take them out.

Who agrees does so at requests, as for every request; the recording is opened to listen at grants.
"""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from muniment.api import doors
from muniment.api.shapes import Signed, SignedIn, TextToSign, plain, shape
from muniment.api.tokens import caller
from muniment.governance import erasing
from muniment.governance.views import HoldView, RequestView
from muniment.release import excising
from muniment.release.sound.messages import Covered
from muniment.release.views import CertificateView

router = Router(tags=["excisions"])


class Stretch(Schema):
    """From when to when, in ms since the sound began; `channel` 0 or 1, null for all."""

    start: int
    end: int
    channel: int | None = None


class NewExcision(Schema):
    """Which stretches, and why they may not be kept. Write no part of what was said."""

    stretches: list[Stretch]
    reason: str


class Asked(TextToSign):
    """The draft of the request, and what I am to sign to make it."""

    draft: str


class AskNow(SignedIn):
    """The draft, signed."""

    draft: str


class Decided(Schema):
    """What two persons decided about a record. `holds` stand in the way; `certificate` says that it was done."""

    record: str
    stretches: list[Stretch]
    holds: list[shape(HoldView)]  # type: ignore[valid-type]  # a class made at run time
    certificate: shape(CertificateView) | None  # type: ignore[valid-type]  # the same


class OneRecord(Schema):
    """The record."""

    record: str


class TakeOutNow(Schema):
    """The record, and the holder's signed word that the stretches are taken out now."""

    record: str
    assertion: Signed


@router.post("/readings/{token}/excision-statement", response=Asked)
def excision_statement(request: HttpRequest, token: str, body: NewExcision) -> Any:
    """What I am to sign to ask that stretches of the recording that I have open are taken out."""
    marked = [Covered(one.start, one.end, one.channel, beep=False) for one in body.stretches]
    draft, text = excising.propose(doors.desk(), caller(request), token, marked, body.reason)
    return Asked(draft=draft, **TextToSign.of(text).model_dump())


@router.post("/readings/{token}/excisions", response={201: shape(RequestView)})
def ask_for_excision(request: HttpRequest, token: str, body: AskNow) -> Any:
    """Ask, signed: from now on it waits for two different persons."""
    made = excising.submit(doors.desk(), caller(request), token, body.draft, body.signed.opened())
    return Status(201, plain(made))


@router.get("/grants/{grant}/excisions/{record}", response=Decided)
def one_excision(request: HttpRequest, grant: str, record: str) -> Any:
    """What is to be taken out of a record under a grant, and whether it was."""
    person = caller(request)
    spans = excising.spans_of(person, grant, record)
    done = excising.certificate_of(doors.desk(), person, record)
    return {
        "record": record,
        "stretches": [
            Stretch(start=start, end=end, channel=None if channel < 0 else channel)
            for start, end, channel in spans
        ],
        "holds": [] if done else plain(list(erasing.standing_holds(person, record))),
        "certificate": plain(done) if done else None,
    }


@router.post("/grants/{grant}/excision-statement", response=TextToSign)
def taking_out_statement(request: HttpRequest, grant: str, body: OneRecord) -> Any:
    """What I am to sign before the stretches are taken out; refused while a hold stands."""
    return TextToSign.of(excising.prepare(doors.desk(), caller(request), grant, body.record))


@router.post("/grants/{grant}/excisions", response=shape(CertificateView))
def take_out(request: HttpRequest, grant: str, body: TakeOutNow) -> Any:
    """Take them out for good, signed; the answer is the certificate, with the record that stands for this one."""
    with doors.sealer() as sealer:
        done = excising.carry_out(
            doors.desk(), sealer, caller(request), grant, body.record, body.assertion.opened()
        )
    return plain(done)
