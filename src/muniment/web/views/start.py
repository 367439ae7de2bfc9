"""The first page: what waits for me, and what is and is not recorded here."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from muniment.web.access import person_page
from muniment.web.figures import figures
from muniment.web.recording import channels
from muniment.web.requests import PersonRequest
from muniment.web.views.proof_log import READERS
from muniment.web.waiting import waiting_for


@require_safe
@person_page
def start(request: PersonRequest) -> HttpResponse:
    """What waits for whoever looks, in the order in which it is due."""
    context = {
        "waiting": waiting_for(request.person),
        "channels": channels(settings.CALLS, request.person.organisation),
        "figures": figures(request.person),
        "pages": {"checks", "proof_log"} if request.person.roles & set(READERS) else set(),
    }
    return render(request, "start.html", context)
