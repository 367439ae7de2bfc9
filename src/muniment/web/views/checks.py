"""Checks of the locked records: the last ones, and one now."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from muniment.release import checking
from muniment.web.access import only
from muniment.web.requests import PersonRequest
from muniment.web.views.proof_log import READERS


@require_http_methods(["GET", "HEAD", "POST"])
@only(*READERS)
def checks(request: PersonRequest) -> HttpResponse:
    """What the last checks found; a POST asks for one. It goes on while nobody looks."""
    if request.method == "POST":
        checking.ask(request.person)
        return redirect("checks")
    return render(request, "proofs/checks.html", {"checks": checking.history(request.person)})
