"""Write a request, and sign it."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from muniment.api import doors
from muniment.api.shapes import SignedIn, TextToSign, plain, shape
from muniment.api.tokens import caller
from muniment.governance import drafts, submission
from muniment.governance.views import DraftView, RequestView

router = Router(tags=["requests"])


class NewDraft(Schema):
    """The class of the request, and the case that it belongs to if there is one already."""

    category: str
    case: str = ""


class DraftChange(Schema):
    """Parts of a draft; what is absent stays as it is. `not_known` names the fields that are not known."""

    purpose: str | None = None
    specifics: str | None = None
    given: dict[str, str] | None = None
    not_known: list[str] | None = None
    about: list[str] | None = None
    actions: list[str] | None = None
    hours: int | None = None


@router.get("", response=list[shape(DraftView)])  # type: ignore[misc]  # a class made at run time
def my_drafts(request: HttpRequest) -> Any:
    """My drafts, last changed first."""
    return plain(drafts.own(caller(request)))


@router.post("", response={201: shape(DraftView)})
def begin_draft(request: HttpRequest, body: NewDraft) -> Any:
    """Start a request."""
    return Status(201, plain(drafts.begin(caller(request), body.category, case=body.case)))


@router.get("/{draft}", response=shape(DraftView))
def one_draft(request: HttpRequest, draft: str) -> Any:
    """One of my drafts."""
    return plain(drafts.one(caller(request), draft))


@router.patch("/{draft}", response=shape(DraftView))
def change_draft(request: HttpRequest, draft: str, body: DraftChange) -> Any:
    """Save some of a draft."""
    return plain(drafts.change(caller(request), draft, **body.model_dump()))


@router.delete("/{draft}", response={204: None})
def discard_draft(request: HttpRequest, draft: str) -> Any:
    """Throw a draft away."""
    drafts.discard(caller(request), draft)
    return Status(204, None)


@router.post("/{draft}/statement", response=TextToSign)
def submission_statement(request: HttpRequest, draft: str) -> Any:
    """What I am to sign to make the request."""
    return TextToSign.of(submission.prepare(caller(request), draft))


@router.post("/{draft}/submission", response={201: shape(RequestView)})
def submit_draft(request: HttpRequest, draft: str, body: SignedIn) -> Any:
    """Make the request, signed."""
    return Status(201, plain(submission.submit(doors.desk(), caller(request), draft, body.signed.opened())))
