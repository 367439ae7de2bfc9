"""What is recorded of whoever looks: lines, mailboxes, rules, announcements, who may ask; and that they were told."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from muniment.governance import awareness
from muniment.web.access import person_page
from muniment.web.desk import desk
from muniment.web.recording import channels
from muniment.web.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def what_is_recorded(request: PersonRequest) -> HttpResponse:
    """The page of recording; a POST says that it was read."""
    person, error = request.person, ""
    if request.method == "POST":
        if request.POST.get("read") == "yes":
            awareness.acknowledge(desk(), person, settings.CALLS, request.POST.get("digest", ""))
            messages.success(request, "That you were told is in the proof log.")
            return redirect("what_is_recorded")
        error = "Tick the box to say that you have read this page"
    context = {
        "about": awareness.about(person, settings.CALLS),
        "channels": channels(settings.CALLS, person.organisation),
        "error": error,
    }
    return render(request, "records/recorded.html", context, status=400 if error else 200)
