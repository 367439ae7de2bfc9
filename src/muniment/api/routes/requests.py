"""Requests: look for their records, choose, decide."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from muniment.api import doors
from muniment.api.shapes import (
    MOST_ON_A_PAGE,
    PageLimit,
    Signed,
    SignedIn,
    TextToSign,
    page,
    page_of,
    plain,
    shape,
)
from muniment.api.tokens import caller
from muniment.catalogue import records as catalogue
from muniment.catalogue.records import RecordView, Sight
from muniment.governance import deciding, locating, requests
from muniment.governance.views import RequestView

router = Router(tags=["requests"])


class SearchFor(Schema):
    """A query in the search language, with the Data Controller's signed word that she looks now."""

    query: str
    assertion: Signed
    cursor: str = ""
    limit: int = 50


class FoundRecords(Schema):
    """What was found, as metadata only. `total` is exact; `indexed_up_to` says what is not in it yet."""

    total: int
    records: list[shape(RecordView)]  # type: ignore[valid-type]  # a class made at run time
    cursor: str
    indexed_up_to: int


class ChosenRecords(Schema):
    """The ids of the records that the request is about."""

    records: list[str]


class Approval(Schema):
    """Why yes; `records` for a yes in part, `beside` to name the second approver."""

    reason: str
    records: list[str] | None = None
    beside: list[str] = []


class Reason(Schema):
    """Why."""

    reason: str


class View(Schema):
    """What somebody who is consulted says."""

    view: str


@router.get("", response=page_of(RequestView))
def my_requests(request: HttpRequest, cursor: str = "", limit: PageLimit = 50) -> Any:
    """The requests that I made, newest first."""
    return page(requests.own(caller(request)), lambda one: one.id, cursor, limit)


@router.get("/{req}", response=shape(RequestView))
def one_request(request: HttpRequest, req: str) -> Any:
    """A request that I am part of."""
    return plain(requests.one(caller(request), req))


@router.post("/{req}/locate-statement", response=TextToSign)
def locate_statement(request: HttpRequest, req: str) -> Any:
    """What the Data Controller is to sign before she searches."""
    return TextToSign.of(locating.prepare(caller(request), req))


@router.post("/{req}/searches", response=FoundRecords)
def search_records(request: HttpRequest, req: str, body: SearchFor) -> Any:
    """Search under the request's locate warrant; the search is in the ledger before it is answered."""
    person = caller(request)
    search = locating.searcher(
        doors.librarian(),
        person,
        body.query,
        cursor=body.cursor,
        limit=max(1, min(body.limit, MOST_ON_A_PAGE)),
    )
    found = locating.locate(search, doors.desk(), person, req, body.query, body.assertion.opened())
    seen = catalogue.records(person.organisation, found.ids, Sight.METADATA)
    return {
        "total": found.total,
        "records": plain(seen),
        "cursor": found.cursor,
        "indexed_up_to": found.indexed_up_to,
    }


@router.post("/{req}/records", response=shape(RequestView))
def choose_records(request: HttpRequest, req: str, body: ChosenRecords) -> Any:
    """Freeze the records of a request and pass it to those who decide."""
    return plain(locating.choose(doors.desk(), caller(request), req, body.records))


@router.post("/{req}/approval-statement", response=TextToSign)
def approval_statement(request: HttpRequest, req: str, body: Approval) -> Any:
    """What I am to sign to approve, in whole or in part."""
    return TextToSign.of(
        deciding.prepare_approval(
            doors.desk(), caller(request), req, body.reason, records=body.records, beside=body.beside
        )
    )


@router.post("/{req}/refusal-statement", response=TextToSign)
def refusal_statement(request: HttpRequest, req: str, body: Reason) -> Any:
    """What I am to sign to refuse."""
    return TextToSign.of(deciding.prepare_refusal(doors.desk(), caller(request), req, body.reason))


@router.post("/{req}/decisions", response=shape(RequestView))
def decide_request(request: HttpRequest, req: str, body: SignedIn) -> Any:
    """Decide, signed."""
    return plain(deciding.decide(doors.desk(), caller(request), req, body.signed.opened()))


@router.post("/{req}/consultations", response=shape(RequestView))
def consulted(request: HttpRequest, req: str, body: View) -> Any:
    """Record my view of a request about which I am consulted."""
    return plain(deciding.consult(doors.desk(), caller(request), req, body.view))
