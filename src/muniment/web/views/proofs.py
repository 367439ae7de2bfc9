"""What stands behind one record: locked when, where in the proof log, opened by whom, erased or not."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from muniment.catalogue.records import RecordView
from muniment.governance import erasing, holds
from muniment.people.roles import Role
from muniment.release import checking, provenance
from muniment.release.views import CheckView
from muniment.web.access import person_page
from muniment.web.desk import desk
from muniment.web.requests import PersonRequest
from muniment.web.views.proof_log import READERS


@require_safe
@person_page
def record_proof(request: PersonRequest, record: str) -> HttpResponse:
    """The proof of one record; whoever has no part in it is refused, and the attempt is written."""
    person = request.person
    found = provenance.required(desk(), person, record)
    check = _covering(checking.latest(person.organisation, finished=True), found.record)
    context = {
        "found": found,
        "check": check,
        "fault": next((one for one in check.faults if one.record == record), None) if check else None,
        "record": found.record,
        "checkpoint": checking.checkpoint(settings.HOME, person.organisation),
        "holds": holds.listed(person, record=record),
        "may_hold": person.roles & {Role.DATA_CONTROLLER, Role.INVESTIGATOR},
        "erase_cases": erasing.cases_of(person, record) if Role.DATA_CONTROLLER in person.roles else (),
        "sees_log": bool(person.roles & set(READERS)),
        "controller": Role.DATA_CONTROLLER in person.roles,
    }
    return render(request, "proofs/record.html", context)


def _covering(check: CheckView | None, record: RecordView) -> CheckView | None:
    """The check, if it was made and the record was there when it was."""
    return check if check and not check.trouble and record.sequence < check.leaves else None
