"""Holds: one person places one, everybody entitled sees it, two different persons release it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.governance import holds as service
from muniment.people.roles import ENTITLED_ROLES, Role
from muniment.web import shown, signing
from muniment.web.access import only
from muniment.web.desk import desk
from muniment.web.forms.holds import HoldForm, ReleaseForm
from muniment.web.requests import PersonRequest

PLACERS = (Role.DATA_CONTROLLER, Role.INVESTIGATOR)
RELEASERS = (Role.DATA_CONTROLLER, *sorted(ENTITLED_ROLES))
READERS = (*PLACERS, *sorted(ENTITLED_ROLES), Role.AUDITOR)


@require_safe
@only(*READERS)
def holds(request: PersonRequest) -> HttpResponse:
    """Every hold, those that stand first."""
    found = sorted(service.listed(request.person), key=lambda one: one.released is not None)
    context = {"holds": found, "may_place": bool(request.person.roles & set(PLACERS))}
    return render(request, "holds/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@only(*PLACERS)
def place_hold(request: PersonRequest) -> HttpResponse:
    """Forbid the destruction of some records, from now on."""
    form = HoldForm(request.POST or None, initial={"records": request.GET.get("record", "")})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        placed = service.place(desk(), request.person, given["records"], given["reason"], case=given["case"])
        return redirect("hold", placed.id)
    return render(request, "holds/place.html", {"form": form})


@require_safe
@only(*READERS)
def hold(request: PersonRequest, hold: str) -> HttpResponse:
    """One hold: on what, why, by whom, and how far its release is."""
    found = service.one(request.person, hold)
    signed = {person.id for person in found.signed_by}
    context = {
        "hold": found,
        "form": ReleaseForm(),
        "may_release": bool(request.person.roles & set(RELEASERS))
        and found.released is None
        and request.person.id not in signed,
        "signed_by_me": request.person.id in signed and found.released is None,
    }
    return render(request, "holds/hold.html", context)


@require_POST
@only(*RELEASERS)
def release_hold(request: PersonRequest, hold: str) -> HttpResponse:
    """First the reason (the second person signs the first one's), then the signature."""
    use = f"release:{hold}"
    if "offer" in request.POST:
        service.release(desk(), request.person, hold, signing.received(request, use=use))
        return redirect("hold", hold)
    text = service.prepare_release(desk(), request.person, hold, request.POST.get("reason", ""))
    context = {
        "hold": service.one(request.person, hold),
        "use": use,
        "signing": shown.offer(request, text, use=use, action="Release this hold"),
    }
    return render(request, "holds/release.html", context)


@require_POST
@only(*RELEASERS)
def withdraw_release(request: PersonRequest, hold: str) -> HttpResponse:
    """Take my signature back while the second is missing."""
    service.withdraw_release(request.person, hold)
    return redirect("hold", hold)
