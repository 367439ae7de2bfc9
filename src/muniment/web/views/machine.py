"""For whoever runs the machine: sources and their health, keys, signed state, disk. No content."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from muniment.catalogue import sources
from muniment.people.roles import Role
from muniment.web.access import only
from muniment.web.requests import PersonRequest


@require_safe
@only(Role.IT_ENGINEER, Role.ADMINISTRATOR)
def machine(request: PersonRequest) -> HttpResponse:
    """What `muniment doctor` says, and when each source was last seen."""
    # By name: the processes stand above the pages, and know them.
    examine: Callable[..., Any] = import_string(settings.DOCTOR)
    organisation = request.person.organisation
    context = {
        "findings": examine(settings.HOME, organisation),
        "sources": sources.sources(organisation),
        "colours": {"well": "green", "attention": "yellow", "trouble": "red"},
        "words": {"well": "Well", "attention": "Look at this", "trouble": "Not working"},
    }
    return render(request, "machine/machine.html", context)
