"""The desk: cases with where they stand, what is due first at the top."""

from datetime import datetime
from typing import Literal

import msgspec

from muniment.core import clock
from muniment.governance import cases, progress, requests
from muniment.governance.authorisation import Action, authoriser
from muniment.governance.entities import person
from muniment.governance.progress import Progress
from muniment.governance.views import CaseView, RequestView
from muniment.people.views import PersonView

type Which = Literal["open", "closed", "all"]
type Order = Literal["due", "age"]


class RequestLine(msgspec.Struct, frozen=True):
    """One request of a case, with where it stands."""

    request: RequestView
    progress: Progress


class CaseLine(msgspec.Struct, frozen=True):
    """One case on the desk. `age` is in whole days; `by` the first date that is set in it."""

    case: CaseView
    requests: tuple[RequestLine, ...]
    age: int
    by: datetime | None


def cases_of(actor: PersonView, which: Which = "open", order: Order = "due") -> tuple[CaseLine, ...]:
    """The cases that the actor may see: what is due first, or what is oldest, at the top."""
    lines = [_line(actor, one) for one in cases.seen_by(actor) if which == "all" or _is(one, which)]
    if order == "age":
        return tuple(sorted(lines, key=lambda line: line.case.opened))
    return tuple(
        sorted(lines, key=lambda line: (line.by is None, line.by or line.case.opened, line.case.opened))
    )


def requests_in(actor: PersonView, case: str) -> tuple[RequestLine, ...]:
    """The requests of a case that the actor may see, oldest first."""
    rows = requests.rows_with_all().filter(case_id=case, organisation_id=actor.organisation)
    me = person(actor)
    return tuple(
        request_line(requests.view(row))
        for row in rows.order_by("submitted")
        if authoriser().decide(me, Action.SEE_REQUEST, requests.entity(row), {}).allowed
    )


def request_line(view: RequestView) -> RequestLine:
    """A request with where it stands."""
    return RequestLine(view, progress.progress(view))


def _is(case: CaseView, which: Which) -> bool:
    return (case.closed is None) == (which == "open")


def _line(actor: PersonView, case: CaseView) -> CaseLine:
    lines = requests_in(actor, case.id)
    dated = [line.progress.by for line in lines if line.progress.by and not line.progress.over]
    end = case.closed or clock.now()
    return CaseLine(case, lines, (end - case.opened).days, min(dated) if dated and not case.closed else None)
