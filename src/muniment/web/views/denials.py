"""Attempts that were refused, for those who watch."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from muniment.governance import denials
from muniment.people.roles import Role
from muniment.web.access import only
from muniment.web.requests import PersonRequest

ON_A_PAGE = 25


@require_safe
@only(Role.DATA_CONTROLLER, Role.DIRECTOR, Role.MANAGING_DIRECTOR, Role.AUDITOR)
def refused_attempts(request: PersonRequest) -> HttpResponse:
    """Who tried what and was refused why, newest first."""
    before = request.GET.get("before", "")
    found = denials.listed(
        request.person,
        before=int(before) if before.isdecimal() and before.isascii() else None,
        limit=ON_A_PAGE + 1,
    )
    shown = found[:ON_A_PAGE]
    after = shown[-1].ledger_sequence if len(found) > ON_A_PAGE else None
    return render(request, "proofs/denials.html", {"denials": shown, "after": after, "paged": bool(before)})
