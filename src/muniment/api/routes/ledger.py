"""The proof log, and what was refused, for those who watch; each person's own refusals for themselves."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from muniment.api.shapes import PageLimit, page, page_of, plain
from muniment.api.tokens import caller
from muniment.governance import denials, watching
from muniment.governance.views import ActLine, DenialView

router = Router(tags=["ledger"])


@router.get("/ledger", response=page_of(ActLine))
def ledger(
    request: HttpRequest,
    record: str = "",
    cursor: str = "",
    limit: PageLimit = 50,
) -> Any:
    """What was done, newest first; on one record if given."""
    lines, following = watching.ledger(caller(request), record=record, cursor=cursor, limit=limit)
    return {"items": plain(lines), "next": following}


@router.get("/denials", response=page_of(DenialView))
def refused(request: HttpRequest, cursor: str = "", limit: PageLimit = 50) -> Any:
    """What was refused in my organisation, newest first."""
    return page(
        denials.listed(caller(request), limit=1000), lambda one: str(one.ledger_sequence), cursor, limit
    )


@router.get("/denials/mine", response=page_of(DenialView))
def refused_me(request: HttpRequest, cursor: str = "", limit: PageLimit = 50) -> Any:
    """What was refused to me, newest first."""
    return page(denials.own(caller(request), limit=1000), lambda one: str(one.ledger_sequence), cursor, limit)
