"""Calls: what should be there and what is. Figures and gaps, never what was said or who called."""

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from muniment.core.notice_reasons import REASONS as CODES
from muniment.governance import call_mappings, completeness
from muniment.people.roles import Role
from muniment.web.access import only
from muniment.web.requests import PersonRequest

_READERS = tuple(sorted(completeness.READERS))

OUTCOMES = {"not-recorded": "Not recorded", "partly": "In part"}
REASONS = {
    "by-rule": "A recording rule leaves it out",
    "declined": "The caller hung up during the notice",
    "masked": "Silenced on purpose",
    "not-answered": "Nobody answered",
    "not-configured": "This line is not recorded",
    "packets-lost": "Sound was lost on the way",
    "shorter": "The recording is shorter than the call",
    "source-down": "The recorder was away",
    "unknown": "Nobody knows yet",
}
NOTICES = {
    "declined": "Declined",
    "not-feasible": "Not feasible",
    "not-required": "Not required",
    "played": "Played",
    "unknown": "Not known",
}


@require_safe
@only(*_READERS)
def call_completeness(request: PersonRequest) -> HttpResponse:
    """Each day, newest first."""
    context = {
        "days": completeness.listed(request.person),
        "controller": Role.DATA_CONTROLLER in request.person.roles,
        "may_map": bool(request.person.roles & call_mappings.READERS),
    }
    return render(request, "calls/completeness.html", context)


@require_safe
@only(*_READERS)
def call_completeness_of(request: PersonRequest, day: str) -> HttpResponse:
    """One day: the figures, and each gap by name."""
    found = completeness.one(request.person, _day(day))
    if found is None:
        raise Http404
    context = {
        "found": found,
        "made": found.report,
        "outcomes": OUTCOMES,
        "reasons": REASONS,
        "notice_words": notice_words,
    }
    return render(request, "calls/day.html", context)


def notice_words(word: str) -> str:
    """What a report's count of notices is of: a state, and a code where there is one."""
    state, _, code = word.partition(" ")
    said = NOTICES.get(state, state)
    return f"{said}: {CODES[code].words}" if code in CODES else said


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
