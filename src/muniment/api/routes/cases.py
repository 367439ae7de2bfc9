"""Cases that I am part of."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from muniment.api import doors
from muniment.api.shapes import PageLimit, page, page_of, plain, shape
from muniment.api.tokens import caller
from muniment.governance import cases
from muniment.governance.views import CaseView

router = Router(tags=["cases"])


class Outcome(Schema):
    """What came of the case."""

    outcome: str


@router.get("", response=page_of(CaseView))
def my_cases(request: HttpRequest, cursor: str = "", limit: PageLimit = 50) -> Any:
    """The cases that I may see, newest first."""
    return page(cases.seen_by(caller(request)), lambda one: one.id, cursor, limit)


@router.get("/{case}", response=shape(CaseView))
def one_case(request: HttpRequest, case: str) -> Any:
    """A case that I may see."""
    return plain(cases.one(caller(request), case))


@router.post("/{case}/closure", response=shape(CaseView))
def close_case(request: HttpRequest, case: str, body: Outcome) -> Any:
    """Close a case; refused while a grant in it is live."""
    return plain(cases.close(doors.desk(), caller(request), case, body.outcome))
