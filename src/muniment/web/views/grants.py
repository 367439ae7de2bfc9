"""My grants, one grant with its records, opening one of them, and taking a grant back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from muniment.catalogue import acts
from muniment.catalogue import records as catalogue
from muniment.catalogue.calls import calls_of
from muniment.catalogue.records import Sight
from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import granting
from muniment.governance.views import GrantState, GrantView
from muniment.people.roles import Role
from muniment.release import disposal, opening
from muniment.web import open_readings, shown, signing
from muniment.web.access import person_page, refuse
from muniment.web.desk import desk
from muniment.web.requests import PersonRequest

_SIGN = {"listen": "Open to listen", "export": "Open for copies"}
OPENING = ("view", "listen", "export")
WORDS = {"view": "Read", "listen": "Listen", "export": "Take a copy"}


@require_safe
@person_page
def my_grants(request: PersonRequest) -> HttpResponse:
    """What I may open, and what I might open once."""
    held = granting.own(request.person)
    context = {
        "live": [one for one in held if one.state is GrantState.LIVE],
        "past": [one for one in held if one.state is not GrantState.LIVE],
    }
    return render(request, "grants/list.html", context)


@require_safe
@person_page
def one_grant(request: PersonRequest, grant: str) -> HttpResponse:
    """A grant for its holder, its approvers and the Data Controller."""
    person = request.person
    found = granting.one(person, grant)
    holds = found.holder.id == person.id
    openings = acts.acts(
        person.organisation,
        tags=acts.OPENED,
        warrant=found.warrant,
        limit=found.cap,
    ).acts
    context = {
        "grant": found,
        "holds": holds,
        "opens": [action for action in OPENING if action in found.actions],
        "words": WORDS,
        "records": catalogue.records(
            person.organisation, found.records, Sight.SUBJECTS if holds else Sight.METADATA
        ),
        "openings": openings,
        "as_opus": disposal.kept_as_opus(person.organisation, found.records),
        "replaced": disposal.replacements(person.organisation, found.records),
        "may_revoke": found.state is GrantState.LIVE and _may_revoke(request, found),
    }
    return render(request, "grants/grant.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def open_granted(request: PersonRequest, grant: str, record: str) -> HttpResponse:
    """What opening means, then the signature; with it the record opens. Others are refused and written."""
    action = request.GET.get("action", "view")
    use = f"open:{grant}:{record}:{action}"
    person = request.person
    if request.method == "POST":
        signed = signing.received(request, use=use)
        try:
            page = opening.read_record(desk(), person, grant, record, signed, action=action)
        except RefusedError as refusal:
            return _refused(request, refusal)
        open_readings.remember(request, page)
        return redirect("reading", page.token)
    if already := open_readings.recall(request, grant, record, action):
        return redirect("reading", already.token)
    try:
        to_sign = opening.ask(desk(), person, grant, record, action)
    except RefusedError as refusal:
        return _refused(request, refusal)
    context = {
        "grant": granting.one(person, grant),
        "record": catalogue.record(person.organisation, record, Sight.SUBJECTS),
        "action": action,
        "use": use,
        "signing": shown.offer(request, to_sign, use=use, action=_SIGN.get(action, "Open this record")),
    }
    return render(request, "grants/opening.html", context)


@require_safe
@person_page
def open_record(request: PersonRequest, record: str) -> HttpResponse:
    """Open a record by its address: under a grant of one's own, or refused and listed (REQ 052)."""
    try:
        found = opening.grant_for(desk(), request.person, record)
    except RefusedError as refusal:
        return _refused(request, refusal)
    action = _first(found.actions, is_call=bool(calls_of(request.person.organisation, [record])))
    address = reverse("open_granted", args=[found.id, record])
    return redirect(f"{address}?{urlencode({'action': action})}")


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def revoke_grant(request: PersonRequest, grant: str) -> HttpResponse:
    """Take a grant back: the reason, then the signature."""
    person, use = request.person, f"revoke:{grant}"
    if request.method == "POST" and "offer" in request.POST:
        signed = signing.received(request, use=use)
        granting.revoke(desk(), person, grant, signed)
        messages.success(request, "The grant is taken back. Nothing opens under it any more.")
        return redirect("grant", grant)
    found = granting.one(person, grant)
    if not _may_revoke(request, found):
        refuse(request)
    context: dict[str, Any] = {"grant": found, "signing": None, "error": "", "use": use}
    if request.method == "POST":
        try:
            to_sign = granting.prepare_revocation(person, grant, request.POST.get("reason", ""))
        except WrongUseError as error:
            context["error"] = error.what
        else:
            context["signing"] = shown.offer(request, to_sign, use=use, action="Take it back")
    return render(request, "grants/revoke.html", context)


def _refused(request: PersonRequest, refusal: RefusedError) -> HttpResponse:
    """One page for whoever may not open a record, whether or not it exists; the attempt is written by now."""
    return render(request, "grants/refused.html", {"error": refusal}, status=403)


def _first(actions: tuple[str, ...], *, is_call: bool) -> str:
    """What is opened first where somebody only says which record: a call is heard, a mail is read."""
    wanted = ("listen", "view", "export") if is_call else ("view", "export")
    return next((one for one in wanted if one in actions), "export")


def _may_revoke(request: PersonRequest, grant: GrantView) -> bool:
    person = request.person
    return person.id in {one.id for one in grant.approvers} or Role.DATA_CONTROLLER in person.roles
