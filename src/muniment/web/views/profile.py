"""A person's own keys to the house: passkeys, codes, sessions, tokens, signing keys."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.people import services
from muniment.people.powers import powers_of
from muniment.people.roles import ADMINISTERING_ROLES
from muniment.vault.authority.register import RegisteredKey
from muniment.web import signing_keys
from muniment.web.access import person_page
from muniment.web.desk import desk, keys_of
from muniment.web.forms.keys import KeyFileForm, TokenForm
from muniment.web.requests import PersonRequest


@require_safe
@person_page
def profile(request: PersonRequest) -> HttpResponse:
    """Who I am here, how I sign in, what may act in my name."""
    mine = Authenticator.objects.filter(user_id=request.user.pk)
    context = {
        "passkeys": [one.wrap() for one in mine if one.type == Authenticator.Type.WEBAUTHN],
        "code_app": any(one.type == Authenticator.Type.TOTP for one in mine),
        "recovery_codes": any(one.type == Authenticator.Type.RECOVERY_CODES for one in mine),
        "sessions": UserSession.objects.filter(user=request.user).count(),
        "tokens": [one for one in services.tokens(request.person.id) if one.revoked is None],
        "has_password": request.account.has_usable_password(),
    }
    return render(request, "profile/profile.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def tokens(request: PersonRequest) -> HttpResponse:
    """My tokens for the API. A new one is shown once, on the answer to the form that made it."""
    form = TokenForm(request.POST or None, runs_the_system=_runs_the_system(request))
    made = ""
    if request.method == "POST" and form.is_valid():
        made, _ = services.make_token(
            request.person.id,
            form.cleaned_data["name"],
            days=form.cleaned_data["days"],
            use=form.cleaned_data["use"],
        )
        form = TokenForm(runs_the_system=_runs_the_system(request))
    context = {"form": form, "made": made, "tokens": services.tokens(request.person.id)}
    return render(request, "profile/tokens.html", context)


def _runs_the_system(request: PersonRequest) -> bool:
    return bool(request.person.roles & ADMINISTERING_ROLES)


@require_POST
@person_page
def end_token(request: PersonRequest, number: int) -> HttpResponse:
    """End one of my tokens now."""
    services.revoke_token(request.person.id, number)
    return redirect("tokens")


@require_safe
@person_page
def keys(request: PersonRequest) -> HttpResponse:
    """The keys that may sign in my name, and those that wait for two authorities."""
    person = request.person
    registered = keys_of(person.organisation, person.id)
    known = {key.credential for key in registered}
    mine = Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.WEBAUTHN)
    context = {
        "keys": registered,
        "changes": services.register_changes(person.organisation, about=person.id),
        "has_passkey": bool(mine),
        "passkeys": [one.wrap() for one in mine if signing_keys.credential(one) not in known],
        "may_sign": bool(powers_of(person.roles)),
    }
    return render(request, "profile/keys.html", context)


@require_POST
@person_page
def propose_passkey(request: PersonRequest, number: int) -> HttpResponse:
    """Ask two authorities to let one of my passkeys sign."""
    authenticator = Authenticator.objects.filter(
        pk=number, user_id=request.user.pk, type=Authenticator.Type.WEBAUTHN
    ).first()
    if authenticator is None:
        raise Http404
    name = authenticator.wrap().name
    return _propose(request, signing_keys.from_passkey(request.person, authenticator), f"passkey “{name}”")


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def propose_file_key(request: PersonRequest) -> HttpResponse:
    """Ask two authorities to let a key of mine, kept in a file, sign for API and command line."""
    form = KeyFileForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        key = signing_keys.from_public_key(request.person, form.cleaned_data["public"])
        return _propose(request, key, "key file")
    return render(request, "profile/key_file.html", {"form": form})


@require_POST
@person_page
def propose_removal(request: PersonRequest, key: str) -> HttpResponse:
    """Ask two authorities to take one of my signing keys out of the register."""
    person = request.person
    if not any(one.key == key for one in keys_of(person.organisation, person.id)):
        raise Http404
    services.propose_change(
        person.organisation,
        by=person.id,
        about=person.id,
        summary=f"Remove a signing key of {person.name}",
        serial=desk().register_view(person.organisation).serial + 1,
        remove=(key,),
    )
    return HttpResponseRedirect(reverse("signing_keys"))


def _propose(request: PersonRequest, key: RegisteredKey, what: str) -> HttpResponse:
    person = request.person
    services.propose_change(
        person.organisation,
        by=person.id,
        about=person.id,
        summary=f"Let the {what} of {person.name} sign",
        serial=desk().register_view(person.organisation).serial + 1,
        add=(key,),
    )
    return HttpResponseRedirect(reverse("signing_keys"))
