"""Requests, decisions, grants and drafts, as things that wait for a person."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from django.urls import reverse

from muniment.governance import progress, words
from muniment.governance.views import DraftView, GrantView, HoldView, RequestView
from muniment.governance.waiting import waiting
from muniment.people.views import PersonView
from muniment.web.waiting import Waiting

_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {"erase": "Erase", "excise": "Take out", "compress": "Keep as Opus", "monitor": "Listen"}
)


def requests_waiting(person: PersonView) -> Iterable[Waiting]:
    """What governance says that the person can do now."""
    found = waiting(person)
    yield from map(_decide, found.decide)
    yield from map(_locate, found.locate)
    yield from map(_release, found.releases)
    yield from map(_use, found.grants)
    yield from map(_finish, found.drafts)


def _decide(request: RequestView) -> Waiting:
    return Waiting(
        title=f"Decide the request of {request.requester.name}",
        address=reverse("decision", args=[request.id]),
        detail=f"{request.title}: {request.purpose.name}",
        state="Decide",
    )


def _locate(request: RequestView) -> Waiting:
    return Waiting(
        title=f"Look for the records that {request.requester.name} asks for",
        address=reverse("locate", args=[request.id]),
        detail=f"{request.title}: {request.purpose.name}",
        state="Look",
        due=progress.progress(request).by,
    )


def _release(hold: HoldView) -> Waiting:
    return Waiting(
        title="Release a hold, or not",
        address=reverse("hold", args=[hold.id]),
        detail=f"{hold.signed_by[0].name} has signed that it may end",
        state="Sign",
    )


def _use(grant: GrantView) -> Waiting:
    done = words.acts(grant.actions)
    return Waiting(
        title=f"You may {done} {words.things(len(grant.records), grant.lines)}",
        address=reverse("grant", args=[grant.id]),
        detail=f"{grant.case_title}: {grant.purpose.name}",
        state=next((said for act, said in _STATES.items() if act in grant.actions), "Open"),
        due=grant.not_after,
    )


def _finish(draft: DraftView) -> Waiting:
    return Waiting(
        title="Finish your request",
        address=reverse("draft", args=[draft.id]),
        detail=draft.given.get("reason", "")[:100] or "Not yet begun",
        state="Draft",
    )
