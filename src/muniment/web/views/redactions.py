"""Making a redacted copy of an opened recording, and taking it."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from muniment.core.errors import WrongUseError
from muniment.release import files, opening, redacting
from muniment.release.downloads import download
from muniment.release.sound import listening as service
from muniment.web import player
from muniment.web.access import person_page
from muniment.web.desk import desk, sealer
from muniment.web.forms import redacting as form
from muniment.web.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def redact(request: PersonRequest, token: str) -> HttpResponse:
    """Say what is to be covered and why; the copy is sealed as a record of its own."""
    reading = files.for_export(desk(), request.person, token)
    page = opening.read_again(desk(), request.person, token)
    file = service.wave(desk(), reading)
    error, at = "", "start-1"
    if request.method == "POST":
        try:
            covers = form.covers(request.POST.dict(), file.length)
            at = "reason"
            reason = request.POST.get("reason", "")
            with sealer() as door:
                made = redacting.make(desk(), door, request.person, token, covers, reason)
        except WrongUseError as wrong:
            error = wrong.what
        else:
            messages.success(request, f"The redacted copy is sealed as the record {made.record}.")
            return redirect("listening", token)
    facts = page.call.facts if page.call else None
    context = {
        "page": page,
        "lines": form.lines(request.POST.dict()),
        "reason": request.POST.get("reason", ""),
        "whole": request.POST.get("whole", "none"),
        "length": player.clock(file.length),
        "channels": player.names(facts, player.laid_out(page.captured), file.channels) if facts else (),
        "error": error,
        "at": at,
    }
    return render(request, "readings/redact.html", context, status=400 if error else 200)


@require_safe
@person_page
def redacted_copy(request: PersonRequest, token: str, redaction: str) -> HttpResponseBase:
    """The sealed copy with its certificate, under a grant to take copies."""
    return download(redacting.bundle(desk(), request.person, token, redaction))
