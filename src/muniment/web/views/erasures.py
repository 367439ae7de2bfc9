"""Erase one record: propose it with a ground, two different persons sign, confirm, and keep the certificate."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from muniment.core.errors import NotAvailableError, RefusedError
from muniment.governance import deciding, erasing, granting, requests
from muniment.governance.statements import ToSign
from muniment.people.roles import Role
from muniment.release import disposal, opening
from muniment.release.views import CertificateView
from muniment.search.client import Librarian
from muniment.web import signing
from muniment.web.access import only, person_page
from muniment.web.desk import desk
from muniment.web.forms.erasing import DecisionForm, ProposalForm
from muniment.web.requests import PersonRequest
from muniment.web.signing import Signing


@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.DATA_CONTROLLER)
def propose_erasure(request: PersonRequest, record: str) -> HttpResponse:
    """The ground, the reason and the case; then the text to sign. What is held is refused by name."""
    erasing.require_erasable(desk(), request.person, record)
    cases = erasing.cases_of(request.person, record)
    form = ProposalForm(request.POST or None, cases=cases)
    if request.method == "POST" and form.is_valid():
        draft, shown = erasing.propose(desk(), request.person, record, **form.cleaned_data)
        use = f"erasure:{draft}"
        context = {
            "record": record,
            "draft": draft,
            "use": use,
            "signing": _offer(request, shown, use, "Ask for this erasure"),
        }
        return render(request, "erasures/ask.html", context)
    return render(request, "erasures/propose.html", {"record": record, "form": form, "cases": cases})


@require_http_methods(["POST"])
@only(Role.DATA_CONTROLLER)
def ask_for_erasure(request: PersonRequest, record: str, draft: str) -> HttpResponse:
    """The signed proposal: from now on it waits for two different persons."""
    signed = signing.received(request, use=f"erasure:{draft}")
    made = erasing.submit(desk(), request.person, draft, record, signed)
    return redirect("erasure", made.id)


@require_safe
@person_page
def erasure(request: PersonRequest, request_id: str) -> HttpResponse:
    """Where one erasure stands, and what this person can do about it."""
    standing = erasing.standing(request.person, request_id)
    form = _decision_form(request, standing) if standing.may_decide else None
    context = {
        "standing": standing,
        "asked": standing.request,
        "form": form,
        "certificate": _certificate_of(request, standing.record) if standing.erased else None,
        "mine": standing.request.requester.id == request.person.id,
    }
    return render(request, "erasures/standing.html", context)


@require_http_methods(["POST"])
@person_page
def decide_erasure(request: PersonRequest, request_id: str) -> HttpResponse:
    """First the reason, and beside whom; then, on the next page, the signature under exactly that."""
    use = f"decide-erasure:{request_id}"
    if "offer" in request.POST:
        deciding.decide(desk(), request.person, request_id, signing.received(request, use=use))
        return redirect("erasure", request_id)
    standing = erasing.standing(request.person, request_id)
    form = _decision_form(request, standing, request.POST)
    if not form.is_valid():
        context = {"standing": standing, "asked": standing.request, "form": form, "certificate": None, "mine": False}
        return render(request, "erasures/standing.html", context)
    given = form.cleaned_data
    if given["verdict"] == "refuse":
        shown = deciding.prepare_refusal(desk(), request.person, request_id, given["reason"])
        action = "Refuse"
    else:
        beside = [given["beside"]] if given.get("beside") else []
        shown = deciding.prepare_approval(
            desk(), request.person, request_id, given["reason"], beside=beside
        )
        action = "Approve the erasure"
    context = {"asked": standing.request, "use": use, "signing": _offer(request, shown, use, action)}
    return render(request, "erasures/decide.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def carry_out_erasure(request: PersonRequest, request_id: str) -> HttpResponse:
    """The last page before it is gone. Nothing can be signed while a hold stands."""
    person = request.person
    standing = erasing.standing(person, request_id)
    if not standing.request.grant:
        raise RefusedError("Two different persons have not signed this erasure yet.")
    grant = granting.one(person, standing.request.grant)
    use = f"erase:{grant.id}"
    if request.method == "POST":
        signed = signing.received(request, use=use)
        certified = disposal.erase(desk(), person, grant.id, standing.record, signed)
        return redirect("certificate", certified.id)
    context: dict[str, Any] = {"standing": standing, "asked": standing.request, "grant": grant, "signing": None}
    if not standing.holds and not standing.erased:
        shown = opening.prepare(person, grant.id, [standing.record], "erase")
        context |= {"use": use, "signing": _offer(request, shown, use, "Erase for good")}
    return render(request, "erasures/carry_out.html", context)


@require_safe
@only(Role.DATA_CONTROLLER, Role.DIRECTOR, Role.MANAGING_DIRECTOR, Role.OFFICE_MANAGER)
def certificates(request: PersonRequest) -> HttpResponse:
    """The certificates that this person may read, newest first."""
    return render(request, "erasures/certificates.html", {"certificates": disposal.listed(request.person)})


@require_safe
@person_page
def certificate(request: PersonRequest, certificate: str) -> HttpResponse:
    """One certificate, fit for printing."""
    found = disposal.certificate(request.person, certificate)
    context = {"certificate": found, "gone": _gone_from_search(request, found)}
    return render(request, "erasures/certificate.html", context)


def _gone_from_search(request: PersonRequest, found: CertificateView) -> bool | None:
    """Whether no search finds it any more; None while nobody can say."""
    try:
        with Librarian(settings.HOME) as librarian:
            return disposal.removed_from_index(librarian, request.person, found)
    except NotAvailableError:
        return None


def _certificate_of(request: PersonRequest, record: str) -> CertificateView | None:
    try:
        return disposal.certificate_of(request.person, record)
    except RefusedError:
        return None


def _decision_form(request: PersonRequest, standing: erasing.Standing, data: Any = None) -> DecisionForm:  # noqa: ANN401  Django's own
    first = not requests.live_approvals(requests.row_of(request.person, standing.request.id))
    seconds = erasing.seconds(request.person, standing.request.id) if first else ()
    return DecisionForm(data, seconds=seconds)


def _offer(request: PersonRequest, shown: ToSign, use: str, action: str) -> Signing:
    return signing.offer(
        request,
        shown.statement,
        use=use,
        action=action,
        words=[(shown.title if not number else "", line) for number, line in enumerate(shown.summary)],
    )
