"""Holds: one places, two release."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from muniment.api import doors
from muniment.api.shapes import PageLimit, SignedIn, TextToSign, page, page_of, plain, shape
from muniment.api.tokens import caller
from muniment.governance import holds
from muniment.governance.views import HoldView

router = Router(tags=["holds"])


class NewHold(Schema):
    """The records that must be kept, and why."""

    records: list[str]
    reason: str
    case: str = ""


class ReleaseReason(Schema):
    """Why the hold may end; not asked of the second person, who signs what the first did."""

    reason: str = ""


@router.get("", response=page_of(HoldView))
def all_holds(
    request: HttpRequest,
    record: str = "",
    cursor: str = "",
    limit: PageLimit = 50,
) -> Any:
    """The holds that I may see, newest first."""
    return page(holds.listed(caller(request), record=record), lambda one: one.id, cursor, limit)


@router.post("", response={201: shape(HoldView)})
def place_hold(request: HttpRequest, body: NewHold) -> Any:
    """Forbid the destruction of records from now on."""
    return Status(
        201, plain(holds.place(doors.desk(), caller(request), body.records, body.reason, case=body.case))
    )


@router.get("/{hold}", response=shape(HoldView))
def one_hold(request: HttpRequest, hold: str) -> Any:
    """A hold that I may see."""
    return plain(holds.one(caller(request), hold))


@router.post("/{hold}/release-statement", response=TextToSign)
def release_statement(request: HttpRequest, hold: str, body: ReleaseReason) -> Any:
    """What I am to sign to release a hold."""
    return TextToSign.of(holds.prepare_release(doors.desk(), caller(request), hold, body.reason))


@router.post("/{hold}/release", response=shape(HoldView))
def release_hold(request: HttpRequest, hold: str, body: SignedIn) -> Any:
    """Sign a release; with the second person's signature the hold ends."""
    return plain(holds.release(doors.desk(), caller(request), hold, body.signed.opened()))


@router.delete("/{hold}/release", response=shape(HoldView))
def withdraw_release(request: HttpRequest, hold: str) -> Any:
    """Take my signature under a release back, while it is alone."""
    return plain(holds.withdraw_release(caller(request), hold))
