"""Erase one record: propose it with a ground, confirm once two have signed, and keep the certificate."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.catalogue import records as catalogue
from muniment.catalogue.records import Sight
from muniment.core.errors import NotAvailableError
from muniment.governance import erasing, granting
from muniment.people.roles import Role
from muniment.release import disposal, opening
from muniment.release.views import CertificateView
from muniment.web import player, shown, signing
from muniment.web.access import only, person_page, refuse
from muniment.web.desk import desk, librarian
from muniment.web.forms.erasing import ProposalForm
from muniment.web.requests import PersonRequest

READERS = (Role.DATA_CONTROLLER, Role.DIRECTOR, Role.MANAGING_DIRECTOR, Role.OFFICE_MANAGER)


@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.DATA_CONTROLLER)
def propose_erasure(request: PersonRequest, record: str) -> HttpResponse:
    """The ground, the reason and the case; then the text to sign. What is held is refused by name."""
    erasing.require_erasable(desk(), request.person, record)
    cases = erasing.cases_of(request.person, record)
    form = ProposalForm(request.POST or None, cases=cases)
    if request.method == "POST" and form.is_valid():
        draft, text = erasing.propose(desk(), request.person, record, **form.cleaned_data)
        use = f"erasure:{draft}"
        offered = shown.offer(request, text, use=use, action="Ask for this erasure")
        given = form.cleaned_data
        said = {"ground": erasing.GROUNDS[given["ground"]], "reason": given["reason"]}
        context = {"record": record, "draft": draft, "use": use, "signing": offered, **said}
        return render(request, "erasures/ask.html", context)
    return render(request, "erasures/propose.html", {"record": record, "form": form, "cases": cases})


@require_POST
@only(Role.DATA_CONTROLLER)
def ask_for_erasure(request: PersonRequest, record: str, draft: str) -> HttpResponse:
    """The signed proposal: from now on it waits for two different persons, as every such request does."""
    signed = signing.received(request, use=f"erasure:{draft}")
    made = erasing.submit(desk(), request.person, draft, record, signed)
    return redirect("request", made.id)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def erase_granted(request: PersonRequest, grant: str, record: str) -> HttpResponse:
    """The last page before it is gone. Nothing can be signed while a hold stands."""
    person = request.person
    found = granting.one(person, grant)
    if found.holder.id != person.id or "erase" not in found.actions or record not in found.records:
        refuse(request, record if record in found.records else "")
    use = f"erase:{grant}:{record}"
    if request.method == "POST":
        signed = signing.received(request, use=use)
        certified = disposal.erase(desk(), person, grant, record, signed)
        return redirect("certificate", certified.id)
    holds = erasing.standing_holds(person, record)
    seen = catalogue.record(person.organisation, record, Sight.METADATA)
    erased = seen is not None and seen.erased_at is not None
    context: dict[str, Any] = {
        "grant": found,
        "record": record,
        "holds": holds,
        "erased": erased,
        "signing": None,
    }
    if not holds and not erased:
        text = opening.prepare(person, grant, [record], "erase")
        context |= {"use": use, "signing": shown.offer(request, text, use=use, action="Erase for good")}
    return render(request, "erasures/carry_out.html", context)


@require_safe
@only(*READERS)
def certificates(request: PersonRequest) -> HttpResponse:
    """The certificates that this person may read, newest first."""
    return render(request, "erasures/certificates.html", {"certificates": disposal.listed(request.person)})


@require_safe
@person_page
def certificate(request: PersonRequest, certificate: str) -> HttpResponse:
    """One certificate, fit for printing."""
    found = disposal.certificate(request.person, certificate)
    context = {
        "certificate": found,
        "gone": _gone_from_search(request, found),
        "clock": player.exact,
        "stands": catalogue.record(request.person.organisation, found.replacement, Sight.METADATA)
        is not None,
    }
    return render(request, "erasures/certificate.html", context)


def _gone_from_search(request: PersonRequest, found: CertificateView) -> bool | None:
    """Whether no search finds it any more; None while nobody can say."""
    try:
        return disposal.removed_from_index(librarian(), request.person, found)
    except NotAvailableError:
        return None
