"""Old recordings: what the rule names, asking to keep it as Opus, and carrying out what two persons decided."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from muniment.core.errors import WrongUseError
from muniment.governance import granting
from muniment.governance.views import GrantState
from muniment.people.roles import Role
from muniment.release import compressing, native
from muniment.web import shown, signing
from muniment.web.access import only, person_page, refuse
from muniment.web.desk import desk
from muniment.web.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.DATA_CONTROLLER)
def native_sound(request: PersonRequest) -> HttpResponse:
    """What is due; a POST gives the text to sign. Nothing is changed by this."""
    rules, error, reason = settings.CALLS.native_days, "", request.POST.get("reason", "")
    if request.method == "POST":
        try:
            draft, text = compressing.propose(request.person, rules, reason)
        except WrongUseError as wrong:
            error = wrong.what
        else:
            use = f"opus:{draft}"
            offered = shown.offer(request, text, use=use, action="Ask to keep these as Opus")
            context = {"draft": draft, "use": use, "signing": offered, "reason": reason, "as": compressing.AS}
            return render(request, "native/ask.html", context)
    context = {
        "due": native.due(request.person, rules),
        "most": native.MOST_RECORDS,
        "as": compressing.AS,
        "reason": reason,
        "error": error,
    }
    return render(request, "native/list.html", context, status=400 if error else 200)


@require_POST
@only(Role.DATA_CONTROLLER)
def ask_native_sound(request: PersonRequest, draft: str) -> HttpResponse:
    """The signed request: from now on it waits for two different persons."""
    signed = signing.received(request, use=f"opus:{draft}")
    made = compressing.submit(desk(), request.person, draft, signed)
    return redirect("request", made.id)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def keep_as_opus(request: PersonRequest, grant: str) -> HttpResponse:
    """How far it is, and what the holder signs so that the worker goes on."""
    found = granting.one(request.person, grant)
    if found.holder.id != request.person.id or compressing.ACT not in found.actions:
        refuse(request)
    use = f"compress:{grant}"
    if request.method == "POST":
        signed = signing.received(request, use=use)
        compressing.order(desk(), request.person, grant, signed)
        return redirect("keep_as_opus", grant)
    now = compressing.progress(request.person, grant)
    text = compressing.prepare(desk(), request.person, grant) if found.state is GrantState.LIVE else None
    offered = shown.offer(request, text, use=use, action="Keep these as Opus for good") if text else None
    context = {"grant": found, "now": now, "signing": offered, "use": use, "as": compressing.AS}
    return render(request, "native/carry_out.html", context)


@require_POST
@person_page
def stop_keeping_as_opus(request: PersonRequest, grant: str) -> HttpResponse:
    """Stop after the recording at hand."""
    compressing.stop(request.person, grant)
    return redirect("keep_as_opus", grant)
