"""The proof log, what stands behind a record, and what was refused, for those who may see it."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from muniment.api import doors
from muniment.api.shapes import PageLimit, page, page_of, plain, shape
from muniment.api.tokens import caller
from muniment.governance import denials, watching
from muniment.governance.views import ActLine, DenialView
from muniment.release import provenance
from muniment.release.provenance import Provenance

router = Router(tags=["ledger"])


@router.get("/ledger", response=page_of(ActLine))
def ledger(
    request: HttpRequest,
    record: str = "",
    cursor: str = "",
    limit: PageLimit = 50,
) -> Any:
    """What was done, newest first; on one record if given, and to the call that it is while that went on."""
    lines, following = watching.ledger(caller(request), record=record, cursor=cursor, limit=limit)
    return {"items": plain(lines), "next": following}


@router.get("/records/{record}/provenance", response=shape(Provenance))
def record_provenance(request: HttpRequest, record: str) -> Any:
    """What stands behind a record: where it is locked, who opened it or listened while it went on, and why.

    For those who watch, for whoever the record names, and for whoever holds a grant to it. No content.
    """
    return plain(provenance.required(doors.desk(), caller(request), record))


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
