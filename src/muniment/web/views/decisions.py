"""Decide: the whole request on one page, a verdict with its reason, then the signature."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from muniment.catalogue import records as catalogue
from muniment.catalogue.records import Sight
from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import deciding, sheets
from muniment.governance.authorisation import AbsentError
from muniment.governance.sheets import Sheet
from muniment.governance.statements import ToSign
from muniment.people import services
from muniment.web import shown, signing
from muniment.web.access import person_page
from muniment.web.desk import desk
from muniment.web.requests import PersonRequest
from muniment.web.views.requests import fields_in_words

VERDICTS = ("approve", "part", "refuse")


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def decision(request: PersonRequest, request_id: str) -> HttpResponse:
    """What is asked, and what I say to it; a verdict that is complete leads to its signature."""
    try:
        sheet = sheets.sheet(desk(), request.person, request_id)
    except AbsentError:
        raise
    except RefusedError as refusal:
        return render(request, "decisions/refused.html", {"error": refusal}, status=403)
    faults: dict[str, str] = {}
    if request.method == "POST":
        faults = _faults(request, sheet)
        if not faults:
            return _sign(request, sheet)
    return _page(request, sheet, faults)


@require_POST
@person_page
def sign_decision(request: PersonRequest, request_id: str) -> HttpResponse:
    """Take the signed decision."""
    signed = signing.received(request, use=f"decide:{request_id}")
    done = deciding.decide(desk(), request.person, request_id, signed)
    mine = next(one for one in reversed(done.decisions) if one.person.id == request.person.id)
    context = {
        "one": done,
        "decision": mine,
        "others": sheets.still_to_sign(request.person, request_id),
    }
    return render(request, "decisions/done.html", context)


def _page(request: PersonRequest, sheet: Sheet, faults: dict[str, str]) -> HttpResponse:
    given = request.POST
    listed = given.getlist("record") if "verdict" in given else list(sheet.waiting or sheet.request.records)
    context: dict[str, Any] = {
        "sheet": sheet,
        "one": sheet.request,
        "requester_roles": services.view(sheet.request.requester.id).roles,
        "asked": fields_in_words(sheet.request),
        "records": catalogue.records(request.person.organisation, sheet.request.records, Sight.METADATA),
        "ticked": frozenset(listed),
        "verdict": given.get("verdict", ""),
        "reason": given.get("reason", ""),
        "beside": given.get("beside", ""),
        "faults": faults,
    }
    return render(request, "decisions/decision.html", context)


def _faults(request: PersonRequest, sheet: Sheet) -> dict[str, str]:
    given, faults = request.POST, {}
    verdict = given.get("verdict")
    if verdict not in VERDICTS:
        faults["verdict"] = "Say yes or no"
    if not given.get("reason", "").strip():
        faults["reason"] = "Give your reason in a sentence"
    ticked = {*given.getlist("record")} & {*sheet.request.records}
    if verdict == "part" and not ticked:
        faults["record"] = "Tick the records that may be opened, or choose “No”"
    whole = {*(sheet.waiting or sheet.request.records)}
    if verdict == "approve" and len(sheet.request.records) > 1 and not whole <= ticked:
        faults["record"] = "You unticked some records: choose yes to those left ticked, or tick them all"
    return faults


def _sign(request: PersonRequest, sheet: Sheet) -> HttpResponse:
    try:
        to_sign = _to_sign(request, sheet)
    except (RefusedError, WrongUseError) as error:
        return _page(request, sheet, {"reason": str(error)})
    refuses = request.POST["verdict"] == "refuse"
    context = {
        "one": sheet.request,
        "reason": request.POST["reason"].strip(),
        "signing": shown.offer(
            request,
            to_sign,
            use=f"decide:{sheet.request.id}",
            action="Refuse" if refuses else "Approve",
        ),
    }
    return render(request, "decisions/sign.html", context)


def _to_sign(request: PersonRequest, sheet: Sheet) -> ToSign:
    given, person, identifier = request.POST, request.person, sheet.request.id
    reason = given["reason"]
    if given["verdict"] == "refuse":
        return deciding.prepare_refusal(desk(), person, identifier, reason)
    chosen = given.getlist("record") if given["verdict"] == "part" else None
    beside = (given["beside"],) if given.get("beside") in {one.id for one in sheet.second} else ()
    return deciding.prepare_approval(desk(), person, identifier, reason, records=chosen, beside=beside)
