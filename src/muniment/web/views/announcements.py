"""Recording notices: what callers hear, in every version, with where it is played. Everybody may see and hear them."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.core import clock
from muniment.core.errors import WrongUseError
from muniment.governance import announcements, awareness, heard_notices
from muniment.people import services as people
from muniment.web.access import only, person_page
from muniment.web.desk import desk, sealer
from muniment.web.forms.announcements import AnnouncementForm
from muniment.web.requests import PersonRequest

_PUBLISHERS = tuple(sorted(announcements.PUBLISHERS))


@require_safe
@person_page
def announcement_list(request: PersonRequest) -> HttpResponse:
    """Those that are played now, those that were, and those that only the settings name."""
    organisation, today = request.person.organisation, clock.now().date()
    found = announcements.listed(organisation)
    may = bool(request.person.roles & announcements.PUBLISHERS)
    told = awareness.told(organisation) if may else {}
    everybody = [each.id for each in people.persons(organisation)] if may else []
    context = {
        "heard": heard_notices.heard(organisation),
        "now": [each for each in found if each.in_force(today)],
        "other": [each for each in found if not each.in_force(today)],
        "of_settings": [each for each in settings.CALLS.announcement if each.organisation == organisation],
        "may_publish": may,
        "told": sum(each in told for each in everybody),
        "people": len(everybody),
    }
    return render(request, "announcements/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@only(*_PUBLISHERS)
def publish_announcement(request: PersonRequest) -> HttpResponse:
    """Publish a version: sealed, in the proof log, and listened for within seconds."""
    form = AnnouncementForm(
        request.POST or None, request.FILES or None, initial={"name": request.GET.get("name", "")}
    )
    if request.method == "POST" and form.is_valid():
        person = request.person
        try:
            with sealer() as door:
                sound = form.cleaned_data["file"].read()
                made = announcements.publish(desk(), door, person.organisation, form.draft(), sound, person)
        except WrongUseError as error:
            form.add_error(None, f"{error.what} {error.why} {error.remedy}".strip())
        else:
            messages.success(request, f"Version {made.version} of “{made.name}” is published and sealed.")
            return redirect("announcement", made.id)
    return render(request, "announcements/publish.html", {"form": form}, status=400 if form.errors else 200)


@require_safe
@person_page
def announcement(request: PersonRequest, number: int) -> HttpResponse:
    """One version: what it says, how it sounds, where and when it is played, where it is sealed."""
    found = announcements.one(request.person.organisation, number)
    others = [
        each
        for each in announcements.listed(request.person.organisation)
        if each.name == found.name and each.id != found.id
    ]
    context = {
        "found": found,
        "heard": heard_notices.heard(request.person.organisation).get(
            (found.name, found.version, found.language)
        ),
        "others": others,
        "in_force": found.in_force(clock.now().date()),
        "may_publish": bool(request.person.roles & announcements.PUBLISHERS),
    }
    return render(request, "announcements/announcement.html", context)


@require_safe
@person_page
def announcement_sound(request: PersonRequest, number: int) -> HttpResponse:
    """How it sounds on a telephone."""
    return HttpResponse(announcements.sound(request.person.organisation, number), content_type="audio/wav")


@require_POST
@only(*_PUBLISHERS)
def end_announcement(request: PersonRequest, number: int) -> HttpResponse:
    """It is played no longer."""
    announcements.end(desk(), request.person, number)
    messages.success(request, "From tomorrow on calls are no longer expected to carry it.")
    return redirect("announcement", number)
