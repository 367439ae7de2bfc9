"""The desk of cases, and one case with its timeline."""

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from muniment.governance import case_desk, cases, drafts, timeline
from muniment.governance.case_desk import Order, Which
from muniment.people.roles import Role
from muniment.web.access import person_page
from muniment.web.desk import desk
from muniment.web.requests import PersonRequest

WHICH = {"open": "Open", "closed": "Closed", "all": "All"}
ORDERS = {"due": "What is due first", "age": "Oldest first"}


@require_safe
@person_page
def case_list(request: PersonRequest) -> HttpResponse:
    """All cases for the Data Controller; for everybody else those that they are part of."""
    which = request.GET.get("which", "open")
    order = request.GET.get("order", "due")
    which = which if which in WHICH else "open"
    order = order if order in ORDERS else "due"
    context = {
        "lines": case_desk.cases_of(request.person, cast("Which", which), cast("Order", order)),
        "which": which,
        "order": order,
        "whiches": WHICH,
        "orders": ORDERS,
        "controller": Role.DATA_CONTROLLER in request.person.roles,
    }
    return render(request, "cases/list.html", context)


@require_safe
@person_page
def one_case(request: PersonRequest, case: str) -> HttpResponse:
    """A case: its requests, where each stands, and every act in it."""
    person = request.person
    found = cases.one(person, case)
    context = {
        "case": found,
        "lines": case_desk.requests_in(person, case),
        "timeline": timeline.timeline(person, case),
        "controller": Role.DATA_CONTROLLER in person.roles,
        "may_ask": bool(drafts.askable(person)),
    }
    return render(request, "cases/case.html", context)


@require_POST
@person_page
def close_case(request: PersonRequest, case: str) -> HttpResponse:
    """Close a case with its outcome."""
    cases.close(desk(), request.person, case, request.POST.get("outcome", ""))
    messages.success(request, "The case is closed.")
    return redirect("case", case)
