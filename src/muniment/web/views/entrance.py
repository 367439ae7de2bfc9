"""Ways in by link: a demo's personas, and the first enrolment of a person."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.logout import logout
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from muniment.core.errors import RefusedError
from muniment.people import services
from muniment.people.models import Account, Person
from muniment.people.services.links import Enrolment
from muniment.web import gates, signing_keys
from muniment.web.access import person_page
from muniment.web.desk import desk, says_demo
from muniment.web.forms.enrolment import EnrolmentForm
from muniment.web.requests import PersonRequest, recognise


@require_http_methods(["GET", "HEAD", "POST"])
def demo_link(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in as a demo's persona; only where the ledger's first entry says demo."""
    person = services.who_follows(token)
    if person is None or not says_demo(person.organisation):
        return render(request, "entrance/dead_link.html", status=404)
    if request.method != "POST":
        return render(request, "entrance/demo_link.html", {"persona": person, "token": token})
    progress = request.session.get(gates.TOUR, [])
    logout(request, show_message=False)
    _sign_in(request, Account.objects.get(person_id=person.id), "demo_link")
    request.session[gates.BY_DEMO_LINK] = True
    request.session[gates.TOUR] = progress
    wanted = request.POST.get("next", "/")
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return redirect(wanted if allowed else "start")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: HttpRequest, organisation: str, token: str) -> HttpResponse:
    """A person's first steps: account, second factor, passkey, signing key, in this order."""
    found = services.enrolment(organisation, token)
    if found is None:
        return render(request, "entrance/dead_link.html", status=404)
    if found.person and Account.objects.filter(person_id=found.person).exists():
        return _steps(request, token, found)
    form = EnrolmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        logout(request, show_message=False)
        account = _open_account(found, token, form)
        _sign_in(request, account, "enrolment")
        return redirect("enrol", organisation, token) if found.first_authority else redirect("start")
    context = {"form": form, "organisation_name": services.organisation_view(found.organisation).name}
    return render(request, "entrance/enrol.html", context)


@require_POST
@person_page
def enrol_key(request: PersonRequest, organisation: str, token: str, number: int) -> HttpResponse:
    """Register a first authority's passkey as their signing key, with the token that `init` printed."""
    found = services.enrolment(organisation, token)
    if found is None or not found.first_authority or found.person != request.person.id:
        raise Http404
    authenticator = _passkeys(request).filter(pk=number).first()
    if authenticator is None:
        raise Http404
    key = signing_keys.from_passkey(request.person, authenticator)
    desk().enrol(found.organisation, token, key)
    services.use_enrolment(token, request.person.id)
    return render(request, "entrance/enrolled.html", {"key": key})


def _steps(request: HttpRequest, token: str, found: Enrolment) -> HttpResponse:
    known = recognise(request)
    if known is None:
        return redirect(
            f"{reverse('account_login')}?next={reverse('enrol', args=[found.organisation, token])}"
        )
    if known.person.id != found.person:
        raise RefusedError(
            "This link belongs to somebody else.", remedy="Sign out, then follow your own link."
        )
    context = {
        "token": token,
        "code_app": Authenticator.objects.filter(
            user_id=known.user.pk, type=Authenticator.Type.TOTP
        ).exists(),
        "passkeys": [one.wrap() for one in _passkeys(known)],
    }
    return render(request, "entrance/steps.html", context)


def _passkeys(request: PersonRequest):  # type: ignore[no-untyped-def]  # noqa: ANN202  allauth ships no types
    return Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.WEBAUTHN)


def _open_account(found: Enrolment, token: str, form: EnrolmentForm) -> Account:
    given = form.cleaned_data
    with transaction.atomic():
        person = found.person or services.add_person(found.organisation, given["name"]).id
        Person.objects.filter(pk=person).update(name=given["name"])
        services.add_address(person, given["email"])
        services.open_account(person, given["email"], given["password"])
        if not found.first_authority:  # theirs stays open until the keeper has registered their key
            services.use_enrolment(token, person)
    return Account.objects.select_related("person").get(person_id=person)


def _sign_in(request: HttpRequest, account: Account, how: str) -> None:
    # Whoever just came by such a link need not prove again who they are before setting up their factors.
    record_authentication(request, account, method=how, reauthenticated=True)
    get_adapter(request).login(request, account)
