"""Delegations: who decides in the Data Controller's place, on what, until when; make one, end one (REQ 050)."""

from datetime import date, datetime, time, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from muniment.core import clock
from muniment.core.errors import WrongUseError
from muniment.governance import delegations
from muniment.governance.views import DelegationState, DelegationView
from muniment.people.roles import Role
from muniment.vault.authority.register import Power
from muniment.web.access import person_page, refuse
from muniment.web.desk import desk, keys_of
from muniment.web.requests import PersonRequest

LIVE = (DelegationState.RUNNING, DelegationState.NOT_YET)
DECIDES = frozenset({Power.DECIDE, Power.CONTROLLER})


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def delegation_list(request: PersonRequest) -> HttpResponse:
    """The delegations that I may see; for the Data Controller also the form for another one."""
    person, error = request.person, ""
    may_delegate = delegations.may_delegate(person)
    if request.method == "POST":
        if not may_delegate:
            refuse(request)
        try:
            made = _delegate(request)
        except WrongUseError as refusal:
            error = refusal.what
        else:
            messages.success(request, f"{made.delegate.name} may now decide in your place.")
            return redirect("delegations")
    seen = delegations.listed(person)
    context = {
        "live": [one for one in seen if one.state in LIVE],
        "past": [one for one in seen if one.state not in LIVE],
        "keyless": {one.id for one in seen if one.state in LIVE and not _may_sign(one, person.organisation)},
        "titles": {str(row.request_class): row.title for row in delegations.classes(person.organisation)},
        "may_delegate": may_delegate,
        "people": delegations.candidates(person) if may_delegate else (),
        "may_end": Role.DATA_CONTROLLER in person.roles,
        "error": error,
        "given": request.POST,
        "chosen": request.POST.getlist("class"),
        "today": timezone.localdate(),
    }
    return render(request, "delegations/list.html", context)


@require_POST
@person_page
def end_delegation(request: PersonRequest, delegation: str) -> HttpResponse:
    """End a delegation before its time."""
    delegations.end(desk(), request.person, delegation)
    messages.success(request, "The delegation has ended.")
    return redirect("delegations")


def _delegate(request: PersonRequest) -> DelegationView:
    first = _day(request, "begins")
    begins = max(_midnight(first), clock.now()) if first == timezone.localdate() else _midnight(first)
    return delegations.delegate(
        desk(),
        request.person,
        request.POST.get("person", ""),
        request.POST.getlist("class"),
        begins=begins,
        ends=_midnight(_day(request, "ends") + timedelta(days=1)),
        reason=request.POST.get("reason", ""),
    )


def _day(request: PersonRequest, name: str) -> date:
    try:
        return date.fromisoformat(request.POST.get(name, ""))
    except ValueError as error:
        raise WrongUseError("Give the first and the last day.") from error


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _may_sign(one: DelegationView, organisation: str) -> bool:
    """Whether the register lets a key of the delegate decide: without, the keeper takes no yes of theirs."""
    return any(DECIDES & key.powers for key in keys_of(organisation, one.delegate.id))
