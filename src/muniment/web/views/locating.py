"""Look for the records of a request, choose among them, freeze the choice and pass it on."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from muniment.catalogue import records as catalogue
from muniment.catalogue.records import RecordView, Sight
from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import locating, requests, sheets
from muniment.governance.authorisation import AbsentError, Action
from muniment.release import disposal
from muniment.search.language.fields import FIELDS
from muniment.search.language.syntax import QueryMistakeError
from muniment.search.librarian.limits import BUDGET
from muniment.search.librarian.messages import Found
from muniment.web import locating_session, shown, signing
from muniment.web.access import person_page
from muniment.web.desk import desk, librarian
from muniment.web.requests import PersonRequest
from muniment.web.views.requests import fields_in_words

PAGE = 25


@dataclass(frozen=True)
class Mistake:
    """A query that cannot be read, cut where it goes wrong."""

    words: str
    remedy: str
    before: str
    wrong: str
    after: str


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def locate(request: PersonRequest, request_id: str) -> HttpResponse:
    """The search page: first the signature, then queries, results as metadata, and the choice."""
    found = requests.one(request.person, request_id)
    if not sheets.may(request.person, request_id, Action.LOCATE):
        return redirect("request", request_id)
    context: dict[str, Any] = {"one": found, "asked": fields_in_words(found)}
    if request.method == "POST" and "offer" in request.POST:
        signed = signing.received(request, use=f"locate:{request_id}")
        locating_session.keep(request, request_id, signed)
        return redirect("locate", request_id)
    if locating_session.kept(request, request_id) is None:
        if request.method == "POST":
            messages.info(request, "Your signature for looking has run out. Sign again to go on.")
        to_sign = locating.prepare(request.person, request_id)
        context["signing"] = shown.offer(request, to_sign, use=f"locate:{request_id}", action="Start looking")
        return render(request, "locating/sign.html", context)
    return _search_page(request, request_id, context)


@require_POST
@person_page
def choose(request: PersonRequest, request_id: str) -> HttpResponse:
    """Freeze the records and pass the request to those who decide."""
    chosen = request.POST.getlist("record")
    done = locating.choose(desk(), request.person, request_id, chosen)
    locating_session.forget(request, request_id)
    names = " or ".join(one.name for one in done.waits_for)
    messages.success(request, f"The records are fixed. The request waits for {names}.")
    return redirect("request", request_id)


def _search_page(request: PersonRequest, request_id: str, context: dict[str, Any]) -> HttpResponse:
    given = request.POST
    chosen = list(dict.fromkeys(given.getlist("record")))
    context |= {
        "query": given.get("query", ""),
        "posted": request.method == "POST",
        "fields": [(name, one.example) for name, one in FIELDS.items()],
        "budget": BUDGET,
        "until": locating_session.until(request, request_id),
        "error": "",
        "mistake": None,
        "found": None,
    }
    if request.method == "POST":
        if given.get("do") == "check":
            if chosen:
                return _check(request, context, chosen)
            context["error"] = "Tick at least one record"
        _search(request, request_id, context)
    listed = [one.id for one in context.get("records", ())]
    context["ticked"] = frozenset(chosen)
    context["kept"] = _seen(request, [one for one in chosen if one not in listed])
    context["as_opus"] = disposal.kept_as_opus(request.person.organisation, [*listed, *chosen])
    return render(request, "locating/search.html", context)


def _search(request: PersonRequest, request_id: str, context: dict[str, Any]) -> None:
    """Search, and say in the context what came of it."""
    signed = locating_session.kept(request, request_id)
    query = request.POST.get("query", "").strip()
    if signed is None or not query:
        context["error"] = context["error"] or "Write what to look for"
        return
    cursor = request.POST.get("cursor", "") if request.POST.get("do") == "more" else ""
    search = locating.searcher(librarian(), request.person, query, cursor=cursor, limit=PAGE)
    try:
        found: Found = locating.locate(search, desk(), request.person, request_id, query, signed)
    except QueryMistakeError as mistake:
        context["mistake"] = _cut(query, mistake)
    except AbsentError:
        raise
    except (WrongUseError, RefusedError) as error:
        context["error"] = str(error)
    else:
        context["found"] = found
        context["more"] = bool(cursor)
        context["records"] = _seen(request, found.ids)


def _check(request: PersonRequest, context: dict[str, Any], chosen: list[str]) -> HttpResponse:
    context["records"] = _seen(request, chosen)
    return render(request, "locating/check.html", context)


def _seen(request: PersonRequest, ids: list[str] | tuple[str, ...]) -> tuple[RecordView, ...]:
    """Dates, parties, sizes and subjects; of private records no subject."""
    return catalogue.records(request.person.organisation, ids, Sight.SUBJECTS)


def _cut(query: str, mistake: QueryMistakeError) -> Mistake:
    place, end = mistake.place, mistake.place + mistake.length
    return Mistake(mistake.what, mistake.remedy, query[:place], query[place:end] or " ", query[end:])
