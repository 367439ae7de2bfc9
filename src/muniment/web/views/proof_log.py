"""The proof log: find acts by kind, record, case and day; each act in full; the list as a file."""

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from muniment.governance import watching
from muniment.governance.watching import LogFilter
from muniment.people.roles import Role
from muniment.release import checking
from muniment.web.access import only
from muniment.web.act_words import act_words
from muniment.web.csv_file import csv_file
from muniment.web.desk import desk
from muniment.web.forms.proof_log import LogForm
from muniment.web.jinja import moment
from muniment.web.requests import PersonRequest

READERS = (
    Role.AUDITOR,
    Role.DATA_CONTROLLER,
    Role.DIRECTOR,
    Role.MANAGING_DIRECTOR,
    Role.IT_ENGINEER,
    Role.ADMINISTRATOR,
)
ON_A_PAGE = 50
MOST_IN_A_FILE = 50_000
COLUMNS = ("Place", "When", "Kind", "Tag", "Who", "Record", "Grant", "Rule")


@require_safe
@only(*READERS)
def proof_log(request: PersonRequest) -> HttpResponse:
    """Acts that fit the filter of the address, newest first, and whether the log was checked."""
    form = LogForm(request.GET or None)
    chosen = form.chosen()
    cursor = request.GET.get("after", "")
    page = watching.log(request.person, chosen, cursor=cursor, limit=ON_A_PAGE)
    organisation = request.person.organisation
    context = {
        "form": form,
        "page": page,
        "filtered": chosen != LogFilter(),
        "paged": bool(cursor),
        "words": act_words,
        "query": form.as_query(),
        "check": checking.latest(organisation),
        "checkpoint": checking.checkpoint(settings.HOME, organisation),
    }
    return render(request, "proofs/log.html", context)


@require_safe
@only(*READERS)
def proof_log_csv(request: PersonRequest) -> HttpResponseBase:
    """Every act that fits the filter, as a file in which nothing is a formula."""
    chosen = LogForm(request.GET or None).chosen()
    watching.log(request.person, chosen, limit=1)  # refused now, not in the middle of a file
    return csv_file("proof-log.csv", COLUMNS, _rows(request, chosen))


@require_safe
@only(*READERS)
def act(request: PersonRequest, sequence: int) -> HttpResponse:
    """One act: its exact texts, and whether each signature in it holds."""
    return render(request, "proofs/act.html", {"act": watching.one(desk(), request.person, sequence)})


def _rows(request: PersonRequest, chosen: LogFilter) -> Iterator[tuple[object, ...]]:
    cursor, left = "", MOST_IN_A_FILE
    while left > 0:
        page = watching.log(request.person, chosen, cursor=cursor, limit=500)
        for line in page.lines[:left]:
            yield (
                line.sequence,
                moment(line.time),
                act_words(line.tag),
                line.tag,
                line.actor.name or line.actor.id,
                line.record,
                line.warrant,
                line.rule,
            )
        left -= len(page.lines)
        cursor = page.cursor
        if not cursor:
            return
