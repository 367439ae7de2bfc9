"""Calls in progress under a grant: which they are, before one is heard, and the page on which it is heard."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.core.errors import NotAvailableError, RefusedError
from muniment.governance import granting, words
from muniment.governance.authorisation import AbsentError
from muniment.release import monitoring as service
from muniment.release.downloads import live_sound
from muniment.web import player, shown, signing
from muniment.web.access import person_page
from muniment.web.desk import desk, recorder
from muniment.web.requests import PersonRequest


@require_safe
@person_page
def live_calls(request: PersonRequest, grant: str) -> HttpResponse:
    """The calls in progress that a grant covers, for its holder."""
    found: tuple[service.LiveCall, ...] = ()
    away = None
    try:
        found = service.calls(desk(), recorder(), request.person, grant)
    except NotAvailableError as error:
        away = error
    except AbsentError:
        raise
    except RefusedError as refusal:
        return _refused(request, refusal)
    context = {
        "grant": granting.one(request.person, grant),
        "calls": [(one, _names(one)) for one in found],
        "away": away,
    }
    return render(request, "monitoring/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def monitor_call(request: PersonRequest, grant: str, call: str) -> HttpResponse:
    """What listening means, then the signature; with it the page opens. Others are refused and written."""
    person, use = request.person, f"monitor:{grant}:{call}"
    try:
        if request.method == "POST":
            signed = signing.received(request, use=use)
            begun = service.begin(desk(), recorder(), person, grant, call, signed)
            return redirect("monitoring", begun.token)
        to_sign = service.ask(desk(), recorder(), person, grant, call)
    except RefusedError as refusal:
        return _refused(request, refusal)
    context = {
        "grant": granting.one(person, grant),
        "heard": _heard(request, grant, call),
        "use": use,
        "signing": shown.offer(request, to_sign, use=use, action="Listen now"),
    }
    return render(request, "monitoring/begin.html", context)


@require_safe
@person_page
def monitoring(request: PersonRequest, token: str) -> HttpResponse:
    """The call while it is heard."""
    page = service.one(request.person, token)
    context = {"page": page, "heard": _heard(request, page.grant.id, page.call), "watermarks": range(24)}
    return render(request, "monitoring/call.html", context)


@require_safe
@person_page
def monitoring_sound(request: PersonRequest, token: str) -> HttpResponse:
    """What came since the last time."""
    return live_sound(service.next_second(desk(), recorder(), request.person, token))


@require_POST
@person_page
def end_monitoring(request: PersonRequest, token: str) -> HttpResponse:
    """Listen no more."""
    grant = service.end(desk(), request.person, token)
    messages.success(request, "You listen no more. The proof log says how much of the call you were given.")
    return redirect("live_calls", grant)


def _heard(request: PersonRequest, grant: str, call: str) -> str:
    """Who is heard in a call; empty once it is over, or where the recorder does not answer."""
    try:
        found = service.calls(desk(), recorder(), request.person, grant)
    except NotAvailableError:
        return ""
    names = next((_names(one) for one in found if one.facts.id == call), ())
    return words.listing([*names]) if names else ""


def _names(call: service.LiveCall) -> tuple[str, ...]:
    return player.names(call.facts, "siprec", 2)


def _refused(request: PersonRequest, refusal: RefusedError) -> HttpResponse:
    return render(request, "grants/refused.html", {"error": refusal}, status=403)
