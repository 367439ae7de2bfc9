"""Grants: open, take back, erase. Each takes a signature; a token alone does none of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router, Schema

from muniment.api import doors
from muniment.api.idempotency import never_kept
from muniment.api.shapes import PageLimit, Signed, SignedIn, TextToSign, page, page_of, plain, shape
from muniment.api.tokens import caller
from muniment.governance import granting
from muniment.governance.views import GrantView
from muniment.release import disposal, opening
from muniment.release.views import CertificateView

router = Router(tags=["grants"])


class Reason(Schema):
    """Why."""

    reason: str


class ToOpen(Schema):
    """The records (at most fifty) and what is done with them: view, export or erase."""

    records: list[str]
    action: str = "view"


class OpenNow(Schema):
    """One record, what is done with it, and the holder's signed word."""

    record: str
    action: str = "view"
    assertion: Signed


class EraseNow(Schema):
    """One record, and the holder's signed word that it is erased now."""

    record: str
    assertion: Signed


class Opened(Schema):
    """A record is open until `until`: read it at readings/{token}."""

    token: str
    record: str
    action: str
    until: str


@router.get("", response=page_of(GrantView))
def my_grants(request: HttpRequest, cursor: str = "", limit: PageLimit = 50) -> Any:
    """The grants that I hold or held, newest first."""
    return page(granting.own(caller(request)), lambda one: one.id, cursor, limit)


@router.get("/{grant}", response=shape(GrantView))
def one_grant(request: HttpRequest, grant: str) -> Any:
    """A grant that I hold or approved."""
    return plain(granting.one(caller(request), grant))


@router.post("/{grant}/revocation-statement", response=TextToSign)
def revocation_statement(request: HttpRequest, grant: str, body: Reason) -> Any:
    """What I am to sign to take a grant back."""
    return TextToSign.of(granting.prepare_revocation(caller(request), grant, body.reason))


@router.post("/{grant}/revocation", response=shape(GrantView))
def revoke_grant(request: HttpRequest, grant: str, body: SignedIn) -> Any:
    """Take a grant back, signed."""
    return plain(granting.revoke(doors.desk(), caller(request), grant, body.signed.opened()))


@router.post("/{grant}/opening-statement", response=TextToSign)
def opening_statement(request: HttpRequest, grant: str, body: ToOpen) -> Any:
    """What I am to sign before I open, copy or erase."""
    return TextToSign.of(opening.prepare(caller(request), grant, body.records, body.action))


@router.post("/{grant}/openings", response={201: Opened})
def open_record(request: HttpRequest, grant: str, body: OpenNow) -> HttpResponse:
    """Open one record, signed. The ledger has the opening before anything is decrypted."""
    shown = opening.read_record(
        doors.desk(), caller(request), grant, body.record, body.assertion.opened(), action=body.action
    )
    answer = {
        "token": shown.token,
        "record": shown.record,
        "action": shown.action,
        "until": shown.until.isoformat(),
    }
    return never_kept(JsonResponse(answer, status=201))


@router.post("/{grant}/erasures", response=shape(CertificateView))
def erase_record(request: HttpRequest, grant: str, body: EraseNow) -> Any:
    """Erase one record for good, signed; the answer is the certificate."""
    return plain(disposal.erase(doors.desk(), caller(request), grant, body.record, body.assertion.opened()))
