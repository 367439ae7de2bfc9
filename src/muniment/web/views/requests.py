"""My requests, one request with where it stands, and the view of somebody who is consulted."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from muniment.core.errors import RefusedError
from muniment.governance import case_desk, deciding, drafts, requests, sheets
from muniment.governance.authorisation import AbsentError, Action
from muniment.governance.fields import LABELS, NOT_KNOWN
from muniment.governance.views import RequestView
from muniment.governance.words import OF_THEIR_OWN
from muniment.web.access import person_page
from muniment.web.desk import desk
from muniment.web.requests import PersonRequest


@require_safe
@person_page
def my_requests(request: PersonRequest) -> HttpResponse:
    """What I asked for and where it stands, and what I have not sent yet."""
    person = request.person
    context = {
        "lines": [case_desk.request_line(one) for one in requests.own(person)],
        "drafts": drafts.own(person),
        "may_ask": bool(drafts.askable(person)),
    }
    return render(request, "requests/list.html", context)


@require_safe
@person_page
def one_request(request: PersonRequest, request_id: str) -> HttpResponse:
    """One request for whoever is part of it. Whoever it is about is told that this is why they are not."""
    person = request.person
    try:
        found = requests.one(person, request_id)
    except AbsentError:
        if sheets.is_kept_from(person, request_id):
            return kept_from(request, request_id)
        raise
    context = {
        "line": case_desk.request_line(found),
        "asked": fields_in_words(found),
        "consultations": sheets.consultations(person, request_id),
        "may_decide": person.id in {one.id for one in found.waits_for},
        "may_locate": sheets.may(person, request_id, Action.LOCATE),
        "may_consult": sheets.may(person, request_id, Action.CONSULT),
        "mine": found.requester.id == person.id,
    }
    return render(request, "requests/request.html", context)


@require_POST
@person_page
def give_view(request: PersonRequest, request_id: str) -> HttpResponse:
    """Record my view of a request about which I am consulted."""
    deciding.consult(desk(), request.person, request_id, request.POST.get("view", ""))
    messages.success(request, "Your view is recorded. Whoever decides reads it.")
    return redirect("request", request_id)


def kept_from(request: PersonRequest, request_id: str) -> HttpResponse:
    """The page for whoever a request is kept from, after the attempt stands in the ledger."""
    try:
        sheets.sheet(desk(), request.person, request_id)
    except AbsentError:
        raise
    except RefusedError as refusal:
        return render(request, "decisions/refused.html", {"error": refusal}, status=403)
    return redirect("decision", request_id)


def fields_in_words(found: RequestView) -> list[tuple[str, str]]:
    """What a request says, each with its label: all six things, where nothing else says what it is about."""
    told = bool(found.lines) or not OF_THEIR_OWN.keys().isdisjoint(found.actions)
    asked = [(name, value) for name, value in found.fields.items() if value is not None or not told]
    return [(LABELS[name], value or NOT_KNOWN.capitalize()) for name, value in asked]
