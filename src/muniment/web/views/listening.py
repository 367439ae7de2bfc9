"""The listening page of an opened recording: its sound by ranges, its waveform, notes, who attended."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST, require_safe

from muniment.catalogue import records as catalogue
from muniment.catalogue.calls import united
from muniment.catalogue.records import RecordView, Sight
from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.governance.authorisation import AbsentError
from muniment.people.roles import Role
from muniment.release import attending, disposal, opening, redacting
from muniment.release import notes as written
from muniment.release.provenance import name_of
from muniment.release.sound import listening as service
from muniment.release.sound.ranges import UnsatisfiableError
from muniment.release.withheld import withheld
from muniment.web import player
from muniment.web.access import person_page
from muniment.web.desk import desk
from muniment.web.requests import PersonRequest
from muniment.web.views.readings import notice_context, open_again, provenance

# The waveform stands in a shadow tree with a style of its own; it carries the page's nonce.
POLICY = {**settings.SECURE_CSP, "style-src": [CSP.SELF, CSP.NONCE]}


@require_safe
@csp_override(POLICY)
@person_page
def listening(request: PersonRequest, token: str) -> HttpResponse:
    """The opened recording with its player. Once its half hour is over the interruption page asks again."""
    try:
        page = opening.read_again(desk(), request.person, token)
        reading = service.heard_reading(desk(), request.person, token)
    except AbsentError:
        if again := open_again(request, token):
            return again
        raise
    if page.call is None:
        return redirect("reading", token)
    unheard = None
    try:
        file = service.wave(desk(), reading)
        shown = player.player(
            page.call, player.laid_out(page.captured), file.length, file.channels, file.notes, name_of,
            withheld(request.person.organisation, page.record),
        )  # fmt: skip
    except NotAvailableError as error:
        shown, unheard = None, error
    context = {
        "page": page,
        "mail": page.mail,
        "provenance": provenance(page.captured),
        "watermarks": range(24),
        "player": shown,
        "unheard": unheard,
        "clock": player.clock,
        "others": _others(request, page.record),
        "notes": written.written(reading, request.person),
        "redactions": redacting.of_opening(request.person, reading) if page.copies else (),
        "may_excise": Role.DATA_CONTROLLER in request.person.roles,
        "kept_since": disposal.kept_as_opus(request.person.organisation, [page.record]).get(page.record),
        "attendances": attending.of_opening(request.person, reading),
        **notice_context(request, page),
    }
    return render(request, "readings/call.html", context)


@require_safe
@person_page
def sound(request: PersonRequest, token: str) -> HttpResponseBase:
    """The sound as a WAV file that exists only as far as it is asked for. No cache may keep any of it."""
    try:
        found = service.piece(desk(), request.person, token, request.headers.get("Range", ""))
    except UnsatisfiableError:
        size = service.wave(desk(), service.heard_reading(desk(), request.person, token)).size
        return _headed(HttpResponse(status=416), {"Content-Range": f"bytes */{size}"})
    length = found.stretch.length if found.stretch else found.size
    headers = {"Content-Length": str(length)}
    if found.stretch:
        headers["Content-Range"] = f"bytes {found.stretch.first}-{found.stretch.last}/{found.size}"
    chunks = found.chunks if request.method == "GET" else iter(())
    status = 206 if found.stretch else 200
    return _headed(StreamingHttpResponse(chunks, status=status, content_type="audio/wav"), headers)


@require_safe
@person_page
def outline(request: PersonRequest, token: str) -> JsonResponse:
    """What the waveform is drawn from, and where packets are missing."""
    found = service.outline(desk(), request.person, token)
    return JsonResponse(
        {"length": found.length, "channels": found.channels, "holes": found.holes, "notes": found.notes}
    )


@require_POST
@person_page
def notes(request: PersonRequest, token: str) -> HttpResponse:
    """Write a note at a moment, or remove one of one's own."""
    gone = request.POST.get("remove", "")
    if gone.isascii() and gone.isdigit():
        written.remove(desk(), request.person, token, int(gone))
    else:
        at = player.moment_of(request.POST.get("at", ""))
        if at is None:
            raise WrongUseError("A note stands at a moment of the recording, such as 1:05.")
        written.write(desk(), request.person, token, at, request.POST.get("text", ""))
    return redirect(f"{reverse('listening', args=[token])}#notes")


@require_POST
@person_page
def attendance(request: PersonRequest, token: str) -> HttpResponse:
    """Those present at a listening session sign by name."""
    if "present" not in request.POST or request.POST.get("heard") != "yes":
        raise WrongUseError("Who was present says so: tick that the recording was heard.")
    names = request.POST["present"].splitlines()
    signed = attending.sign(desk(), request.person, token, names)
    messages.success(request, f"The session is in the proof log as number {signed.ledger_sequence:,}.")
    return redirect("listening", token)


def _others(request: PersonRequest, record: str) -> tuple[RecordView, ...]:
    """The other recordings of an opened call, as metadata."""
    organisation = request.person.organisation
    return catalogue.records(organisation, united(organisation, [record]).get(record, ()), Sight.METADATA)


def _headed[R: HttpResponseBase](response: R, headers: dict[str, str]) -> R:
    for name, value in headers.items():
        response[name] = value
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "no-store"
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    return response
