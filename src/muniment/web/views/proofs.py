"""What stands behind one record: locked when, where in the proof log, opened by whom, erased or not."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from muniment.governance import erasing, holds
from muniment.people.roles import Role
from muniment.release import checking, provenance
from muniment.web.access import person_page, refuse
from muniment.web.requests import PersonRequest
from muniment.web.views.proof_log import READERS


@require_safe
@person_page
def record_proof(request: PersonRequest, record: str) -> HttpResponse:
    """The proof of one record; whoever has no part in it is refused, and the attempt is written."""
    person = request.person
    found = provenance.provenance(person, record)
    if found is None:
        if not provenance.is_known(person.organisation, record):
            raise Http404
        refuse(request, record)
    context = {
        "found": found,
        "record": found.record,
        "checkpoint": checking.checkpoint(settings.HOME, person.organisation),
        "holds": holds.listed(person, record=record),
        "may_hold": person.roles & {Role.DATA_CONTROLLER, Role.INVESTIGATOR},
        "erase_cases": erasing.cases_of(person, record) if Role.DATA_CONTROLLER in person.roles else (),
        "sees_log": bool(person.roles & set(READERS)),
        "controller": Role.DATA_CONTROLLER in person.roles,
    }
    return render(request, "proofs/record.html", context)
