"""Contracts of persons from outside that stand for acceptance of the terms (REQ 005, 006)."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from muniment.core.errors import WrongUseError
from muniment.people import services
from muniment.people.roles import Role
from muniment.people.services.contracts import COMMISSIONERS, MUST_CITE
from muniment.web.access import only, refuse
from muniment.web.desk import desk
from muniment.web.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
@only(*COMMISSIONERS, Role.AUDITOR)
def contracts(request: PersonRequest) -> HttpResponse:
    """What is attested, and for who commissions the form to attest another."""
    person, error = request.person, ""
    may_attest = bool(person.roles & COMMISSIONERS)
    if request.method == "POST":
        if not may_attest:
            refuse(request)
        try:
            _attest(request)
        except WrongUseError as refusal:
            error = refusal.what
        else:
            messages.success(request, "The contract is recorded, and stands for acceptance of the terms.")
            return redirect("contracts")
    context = {
        "contracts": services.contracts(person.organisation),
        "people": services.outsiders(person.organisation) if may_attest else (),
        "may_attest": may_attest,
        "must_cite": MUST_CITE.items(),
        "cites": request.POST.getlist("cites"),
        "given": request.POST,
        "error": error,
    }
    return render(request, "contracts/list.html", context)


def _attest(request: PersonRequest) -> None:
    try:
        signed = date.fromisoformat(request.POST.get("signed", ""))
        ends = date.fromisoformat(request.POST["ends"]) if request.POST.get("ends") else None
    except ValueError as error:
        raise WrongUseError("Give the day on which the contract was signed.") from error
    services.attest_contract(
        desk(),
        request.person,
        request.POST.get("person", ""),
        reference=request.POST.get("reference", ""),
        signed=signed,
        ends=ends,
        cites=request.POST.getlist("cites"),
    )
