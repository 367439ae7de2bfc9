"""Policies: read them, publish them, accept what must be accepted before the first page (REQ 001, 005)."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from muniment.people import services
from muniment.people.roles import Role
from muniment.people.services.contracts import COMMISSIONERS
from muniment.web.access import only, person_page
from muniment.web.desk import desk
from muniment.web.forms.policies import PublishingForm
from muniment.web.requests import PersonRequest, network_address


@require_safe
@person_page
def policies(request: PersonRequest) -> HttpResponse:
    """Every published policy of the organisation, and when this person accepted it."""
    context = {
        "policies": services.policies(request.person.id),
        "may_publish": Role.DATA_CONTROLLER in request.person.roles,
        "may_see_contracts": bool(request.person.roles & (COMMISSIONERS | {Role.AUDITOR})),
    }
    return render(request, "policies/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.DATA_CONTROLLER)
def publish_policy(request: PersonRequest) -> HttpResponse:
    """Publish a version; from then on everybody is asked to accept it."""
    held = services.policies(request.person.id)
    form = PublishingForm(request.POST or None, policies=held)
    if request.method == "POST" and form.is_valid():
        person = request.person
        drafted = services.draft_policy(person.organisation, **form.cleaned_data)
        services.publish(desk(), drafted, by=person.id)
        messages.success(request, "The policy is published.")
        return redirect("policies")
    return render(request, "policies/publish.html", {"form": form})


@require_safe
@person_page
def policy(request: PersonRequest, number: int) -> HttpResponse:
    """One policy as published, with its hash."""
    found = next((one for one in services.policies(request.person.id) if one.id == number), None)
    if found is None:
        raise Http404
    return render(request, "policies/policy.html", {"policy": found})


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def policy_acceptance(request: PersonRequest) -> HttpResponse:
    """The first policy that waits; accepting it leads to the next, and then to where the person was going."""
    back = _safe_next(request)
    waiting = services.waiting_policies(request.person.id)
    if not waiting:
        return HttpResponseRedirect(back)
    shown = waiting[0]
    error = ""
    if request.method == "POST":
        if request.POST.get("accept") != "yes":
            error = "Tick the box to say that you have read and accept this policy"
        else:
            services.accept(
                desk(),
                request.person.id,
                int(request.POST.get("policy") or 0),
                sha256=request.POST.get("sha256", ""),
                address=network_address(request),
            )
            return HttpResponseRedirect(f"{reverse('policy_acceptance')}?next={back}")
    context = {"policy": shown, "left": len(waiting) - 1, "next": back, "error": error}
    return render(request, "policies/acceptance.html", context)


def _safe_next(request: PersonRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if allowed else "/"
