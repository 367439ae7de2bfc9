"""Mail domains: whose mail is whose, and how much is set apart because it is nobody's (REQ 003)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from muniment.catalogue import records
from muniment.core.errors import WrongUseError
from muniment.people import services
from muniment.people.models import Domain
from muniment.people.roles import Role
from muniment.people.services.domains import ASSIGNER, PROPOSERS
from muniment.web.access import only
from muniment.web.desk import desk
from muniment.web.requests import PersonRequest

READERS = (Role.ADMINISTRATOR, Role.AUDITOR, Role.DATA_CONTROLLER, Role.IT_ENGINEER)
CHANGERS = (Role.ADMINISTRATOR, Role.DATA_CONTROLLER, Role.IT_ENGINEER)


@require_http_methods(["GET", "HEAD", "POST"])
@only(*READERS)
def domains(request: PersonRequest) -> HttpResponse:
    """The list, what is set apart, and the form to propose one more."""
    person, error = request.person, ""
    if request.method == "POST":
        try:
            proposed = services.propose_domain(
                person, request.POST.get("name", ""), request.POST.get("kind", Domain.Kind.OWN)
            )
        except WrongUseError as refusal:
            error = f"{refusal.what} {refusal.remedy}"
        else:
            messages.success(request, f"{proposed.name} waits for the Data Controller.")
            return redirect("domains")
    context = {
        "domains": services.domains(person.organisation),
        "set_apart": records.set_apart(person.organisation),
        "kinds": Domain.Kind.choices,
        "may_propose": bool(person.roles & PROPOSERS),
        "may_assign": ASSIGNER in person.roles,
        "may_end": bool(person.roles.intersection(CHANGERS)),
        "name": request.POST.get("name", ""),
        "kind": request.POST.get("kind", Domain.Kind.OWN),
        "error": error,
    }
    return render(request, "domains/list.html", context)


@require_POST
@only(Role.DATA_CONTROLLER)
def assign_domain(request: PersonRequest, number: int) -> HttpResponse:
    """Assign what an administrator proposed."""
    done = services.assign_domain(desk(), request.person, number)
    messages.success(request, f"Mail of {done.name} is the organisation's from now on.")
    return redirect("domains")


@require_POST
@only(*CHANGERS)
def end_domain(request: PersonRequest, number: int) -> HttpResponse:
    """Take a domain back, or drop what was proposed."""
    services.end_domain(desk(), request.person, number)
    messages.success(request, "The domain is taken off the list.")
    return redirect("domains")
