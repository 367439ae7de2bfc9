"""Who I am here, what waits for me, what I may ask for; and the policies, which come first."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from muniment.api import doors
from muniment.api.shapes import plain, shape
from muniment.api.tokens import NewcomersToken, caller
from muniment.core.errors import WrongUseError
from muniment.governance import drafts, purposes
from muniment.governance.purposes import Purpose
from muniment.governance.views import Waiting
from muniment.governance.waiting import waiting
from muniment.people import services as people

router = Router(tags=["me"])


class Me(Schema):
    """The person whose token it is."""

    id: str
    name: str
    organisation: str
    organisation_name: str
    roles: list[str]
    policies_to_accept: int


class Policy(Schema):
    """A published policy, with its text and hash, and when I accepted it."""

    id: int
    title: str
    number: str
    text: str
    sha256: str
    must_accept: bool
    accepted: datetime | None


class Acceptance(Schema):
    """The hash of the text that was read."""

    sha256: str


class RequestClass(Schema):
    """A class of request that I may make."""

    name: str
    title: str
    actions: list[str]
    clause: str


@router.get("/me", response=Me, auth=NewcomersToken())
def me(request: HttpRequest) -> Me:
    """Who the token lets in."""
    person = caller(request)
    return Me(
        id=person.id,
        name=person.name,
        organisation=person.organisation,
        organisation_name=people.organisation_view(person.organisation).name,
        roles=sorted(str(role) for role in person.roles),
        policies_to_accept=len(people.waiting_policies(person.id)),
    )


@router.get("/policies", response=list[Policy], auth=NewcomersToken())
def policies(request: HttpRequest) -> list[Policy]:
    """The policies in force, and whether I accepted them."""
    return [
        Policy(
            id=one.id,
            title=one.title,
            number=one.number,
            text=one.text,
            sha256=one.sha256,
            must_accept=one.must_accept,
            accepted=one.accepted,
        )
        for one in people.policies(caller(request).id)
    ]


@router.post("/policies/{int:number}/acceptance", response={204: None}, auth=NewcomersToken())
def accept_policy(request: HttpRequest, number: int, body: Acceptance) -> Any:
    """Accept exactly the text whose hash is given."""
    if number not in {one.id for one in people.policies(caller(request).id)}:
        raise WrongUseError("There is no such policy in force.")
    people.accept(
        doors.desk(),
        caller(request).id,
        number,
        sha256=body.sha256,
        address=request.META.get("REMOTE_ADDR") or None,
    )
    return Status(204, None)


@router.get("/waiting", response=shape(Waiting))
def waiting_for_me(request: HttpRequest) -> Any:
    """Everything that waits for me."""
    return plain(waiting(caller(request)))


@router.get("/purposes", response=list[shape(Purpose)])  # type: ignore[misc]  # a class made at run time
def all_purposes(request: HttpRequest) -> Any:  # noqa: ARG001  # ninja gives it
    """Why content may be used; each request binds one."""
    return plain(purposes.catalogue())


@router.get("/request-classes", response=list[RequestClass])
def request_classes(request: HttpRequest) -> list[RequestClass]:
    """The classes of request that I may make, by the approval matrix in force."""
    return [
        RequestClass(
            name=str(row.request_class), title=row.title, actions=list(row.actions), clause=row.clause
        )
        for row in drafts.askable(caller(request))
    ]
