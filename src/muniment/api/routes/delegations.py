"""Delegations of the Data Controller's seat: list, make, end."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import AwareDatetime

from muniment.api import doors
from muniment.api.shapes import PageLimit, page, page_of, plain, shape
from muniment.api.tokens import caller
from muniment.governance import delegations
from muniment.governance.views import DelegationView

router = Router(tags=["delegations"])


class NewDelegation(Schema):
    """Who decides in my place, on which classes of request, from when until when, and why."""

    person: str
    classes: list[str]
    begins: AwareDatetime
    ends: AwareDatetime
    reason: str


@router.get("", response=page_of(DelegationView))
def all_delegations(request: HttpRequest, cursor: str = "", limit: PageLimit = 50) -> Any:
    """The delegations that I may see, newest first."""
    return page(delegations.listed(caller(request)), lambda one: one.id, cursor, limit)


@router.post("", response={201: shape(DelegationView)})
def delegate(request: HttpRequest, body: NewDelegation) -> Any:
    """Lend my seat as Data Controller to a named person for a time."""
    made = delegations.delegate(
        doors.desk(),
        caller(request),
        body.person,
        body.classes,
        begins=body.begins,
        ends=body.ends,
        reason=body.reason,
    )
    return Status(201, plain(made))


@router.post("/{delegation}/end", response=shape(DelegationView))
def end_delegation(request: HttpRequest, delegation: str) -> Any:
    """End a delegation before its time."""
    return plain(delegations.end(doors.desk(), caller(request), delegation))
