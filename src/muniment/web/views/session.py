"""The session itself: locked, still here, and which second factor to set up."""

from allauth.account.internal.flows.logout import logout
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from muniment.web.access import person_page
from muniment.web.gates import needs_second_factor
from muniment.web.requests import PersonRequest, recognise


@require_safe
def locked(request: HttpRequest) -> HttpResponse:
    """Where the page goes by itself when it has rested too long: signed out, nothing left to read."""
    if recognise(request) is not None:
        logout(request, show_message=False)
    return render(request, "session/locked.html")


@require_POST
@person_page
def still_here(_request: PersonRequest) -> HttpResponse:
    """The person said that they are still there; the gate has set the clock back."""
    return HttpResponse(status=204)


@require_safe
@person_page
def second_factor(request: PersonRequest) -> HttpResponse:
    """Choose a second factor. Whoever has one, or needs none, is shown their profile."""
    if not needs_second_factor(request):
        return redirect("profile")
    return render(request, "session/second_factor.html", {"types": Authenticator.Type})
