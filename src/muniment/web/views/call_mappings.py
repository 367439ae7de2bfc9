"""How files of hosted switches and carriers are read: a test file, a column for each field, the gaps named.

The test file is the only account of calls on these pages, and whoever looks at it brought it. It is not kept.
"""

from typing import Final
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.capture.calls.spool.mapping import MappingReport
from muniment.core.errors import MunimentError, WrongUseError
from muniment.core.row_mapping import RowMapping
from muniment.governance import call_mappings
from muniment.web.access import only
from muniment.web.desk import desk
from muniment.web.forms import call_mappings as forms
from muniment.web.forms.call_mappings import Line, Sample
from muniment.web.requests import PersonRequest

READERS: Final = tuple(sorted(call_mappings.READERS))
KEEPERS: Final = tuple(sorted(call_mappings.KEEPERS))


@require_http_methods(["GET", "HEAD", "POST"])
@only(*READERS)
def mappings(request: PersonRequest) -> HttpResponse:
    """What is saved, and the form that takes a test file; the answer to that is the page of its columns."""
    error, saved = "", call_mappings.listed(request.person)
    may_map = bool(request.person.roles & call_mappings.KEEPERS)
    if request.method == "POST" and may_map:
        try:
            sample = forms.read(request.FILES.get("file"))
        except WrongUseError as refusal:
            error = _said(refusal)
        else:
            begin = request.POST.get("begin", "")
            known = {each.name: each.mapping for each in saved}
            mapping = known.get(begin) or forms.guessed(sample, _region(request))
            return _columns(request, sample, mapping, begin if begin in known else "")
    context = {
        "saved": [each for each in saved if each.retired is None],
        "retired": [each for each in saved if each.retired],
        "settings": settings.CALLS.mapping,
        "may_map": may_map,
        "error": error,
    }
    return render(request, "calls/mappings.html", context)


@require_safe
@only(*READERS)
def mapping_history(request: PersonRequest, name: str) -> HttpResponse:
    """Every version of a mapping, and whether it is retired; whoever may retire it does so here."""
    versions = call_mappings.history(request.person, name)
    context = {
        "name": name,
        "versions": versions,
        "last": versions[0],
        "may_retire": bool(request.person.roles & call_mappings.KEEPERS) and versions[0].retired is None,
        "named_by": _named_by(request, name),
    }
    return render(request, "calls/mapping_history.html", context)


@require_POST
@only(*KEEPERS)
def retire_mapping(request: PersonRequest, name: str) -> HttpResponse:
    """Take a mapping out of use; its versions stay."""
    try:
        call_mappings.retire(desk(), request.person, name)
    except WrongUseError as refusal:
        messages.error(request, _said(refusal))
    else:
        messages.success(
            request,
            f"{name} is retired. What names it stays where it is, untouched, until it is saved again.",
        )
    return redirect("call_mapping_history", name)


@require_POST
@only(*KEEPERS)
def try_mapping(request: PersonRequest) -> HttpResponse:
    """Look again with other columns, or save what is chosen."""
    try:
        sample = forms.carried(request.POST.get("sample", ""))
    except WrongUseError as refusal:
        messages.error(request, _said(refusal))
        return redirect("call_mappings")
    mapping, name = forms.chosen(request.POST), request.POST.get("name", "").strip()
    if request.POST.get("do") != "save":
        return _columns(request, sample, mapping, name)
    try:
        taken = {each.name for each in settings.CALLS.mapping}
        saved = call_mappings.save(desk(), request.person, name, mapping, taken=taken)
    except MunimentError as refusal:
        return _columns(request, sample, mapping, name, _said(refusal))
    messages.success(
        request,
        f"{saved.name}, version {saved.version}, is saved. Whatever names it reads by it from its next look on.",
    )
    return redirect("call_mappings")


def _columns(
    request: PersonRequest, sample: Sample, mapping: RowMapping, name: str, error: str = ""
) -> HttpResponse:
    report: MappingReport | None = None
    lines: tuple[Line, ...] = ()
    try:
        report, lines = forms.tried(sample, mapping)
    except WrongUseError as refusal:
        error = error or _said(refusal)
    context = {
        "sample": sample,
        "mapping": mapping,
        "fields": forms.WORDS,
        "report": report,
        "lines": lines,
        "words": forms.words_of(sample, mapping),
        "ways": forms.WAYS,
        "zones": sorted(available_timezones()),
        "name": name,
        "error": error,
    }
    return render(request, "calls/mapping.html", context)


def _named_by(request: PersonRequest, name: str) -> tuple[str, ...]:
    """The sources of the settings that name a mapping, where it is not the settings' own."""
    calls, ours = settings.CALLS, request.person.organisation
    if name in {each.name for each in calls.mapping}:
        return ()
    places = [
        *((each, each.path) for each in calls.spool),
        *((each, each.where) for each in calls.carrier),
        *((each, f"the API, source {each.source}") for each in calls.upload),
    ]
    return tuple(where for each, where in places if (each.organisation, each.mapping) == (ours, name))


def _region(request: PersonRequest) -> str:
    return settings.PHONE_REGIONS.get(request.person.organisation, "")


def _said(refusal: MunimentError) -> str:
    return " ".join(filter(None, (refusal.what, refusal.remedy)))
