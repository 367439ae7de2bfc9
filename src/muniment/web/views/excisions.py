"""Take stretches out of a recording: mark them while listening, ask, and carry out what two persons decided."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from muniment.core.errors import WrongUseError
from muniment.governance import erasing, granting
from muniment.people.roles import Role
from muniment.release import excising, opening
from muniment.release.sound import listening as service
from muniment.release.sound.messages import Covered
from muniment.web import player, shown, signing
from muniment.web.access import only, person_page, refuse
from muniment.web.desk import desk, sealer
from muniment.web.forms import redacting as form
from muniment.web.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def excise(request: PersonRequest, token: str) -> HttpResponse:
    """Which stretches, and why; then the text to sign. Nothing is taken out by this."""
    reading = excising.require_excisable(desk(), request.person, token)
    page = opening.read_again(desk(), request.person, token)
    file = service.wave(desk(), reading)
    facts = page.call.facts if page.call else None
    channels = player.names(facts, player.laid_out(page.captured), file.channels) if facts else ()
    sent = request.POST.dict()
    error, at, reason = "", "start-1", sent.get("reason", "")
    if request.method == "POST" and "change" not in sent:
        try:
            spans = form.stretches(sent, file.length)
            at = "reason"
            draft, text = excising.propose(desk(), request.person, token, spans, reason)
        except WrongUseError as wrong:
            error = wrong.what
        else:
            use = f"excision:{draft}"
            offered = shown.offer(request, text, use=use, action="Ask to take them out")
            context = {
                "page": page, "draft": draft, "use": use, "signing": offered, "reason": reason,
                "sent": [(name, value) for name, value in sent.items() if name != "csrfmiddlewaretoken"],
                "spans": [_told(one, channels) for one in spans],
            }  # fmt: skip
            return render(request, "excisions/ask.html", context)
    context = {
        "page": page,
        "lines": form.lines(sent),
        "reason": reason,
        "length": player.clock(file.length),
        "channels": channels,
        "error": error,
        "at": at,
    }
    return render(request, "excisions/propose.html", context, status=400 if error else 200)


@require_POST
@only(Role.DATA_CONTROLLER)
def ask_to_excise(request: PersonRequest, token: str, draft: str) -> HttpResponse:
    """The signed request: from now on it waits for two different persons."""
    signed = signing.received(request, use=f"excision:{draft}")
    made = excising.submit(desk(), request.person, token, draft, signed)
    return redirect("request", made.id)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def excise_granted(request: PersonRequest, grant: str, record: str) -> HttpResponse:
    """The last page before they are gone. Nothing can be signed while a hold stands."""
    person = request.person
    found = granting.one(person, grant)
    if found.holder.id != person.id or "excise" not in found.actions or record not in found.records:
        refuse(request, record if record in found.records else "")
    use = f"excise:{grant}:{record}"
    if request.method == "POST":
        signed = signing.received(request, use=use)
        with sealer() as door:
            certified = excising.carry_out(desk(), door, person, grant, record, signed)
        return redirect("certificate", certified.id)
    if (done := excising.certificate_of(desk(), person, record)) is not None:
        return redirect("certificate", done.id)
    holds = erasing.standing_holds(person, record)
    spans = excising.spans_of(person, grant, record)
    context = {
        "grant": found,
        "record": record,
        "holds": holds,
        "spans": [(player.exact(start), player.exact(end), channel) for start, end, channel in spans],
        "signing": None,
        "use": use,
    }
    if not holds:
        text = excising.prepare(desk(), person, grant, record)
        context["signing"] = shown.offer(request, text, use=use, action="Take them out for good")
    return render(request, "excisions/carry_out.html", context)


def _told(one: Covered, channels: tuple[str, ...]) -> str:
    whose = "" if one.channel is None else f", {channels[one.channel]}"
    return f"{player.exact(one.start)} to {player.exact(one.end)}{whose}"
