"""What stands before every page, in this order: signed in, awake, second factor, policies accepted."""

from collections.abc import Callable
from typing import Any, Final

from allauth.account.internal.flows.logout import logout
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from muniment.core import clock
from muniment.people import services
from muniment.web.requests import PersonRequest, recognise

LAST_SEEN: Final = "last_seen"
BY_DEMO_LINK: Final = "by_demo_link"
TOUR: Final = "tour"
"""The steps of a demo's tour that the visitor has made: it outlives a change of persona."""

OPEN: Final = frozenset(
    {
        "account_inactive",
        "account_login",
        "account_logout",
        "demo_link",
        "enrol",
        "health",
        "locked",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "new_password",
        "tour",
        "tour_check",
        "tour_damage",
        "tour_done",
        "tour_mail",
        "tour_step",
        "tour_undo",
    }
)
"""Pages for whoever is not signed in. Everything that is not named here needs a person."""

SETTING_UP: Final = frozenset(
    {
        "account_reauthenticate",
        "enrol_key",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_view_recovery_codes",
        "second_factor",
        "still_here",
    }
)
"""Pages for whoever is signed in and still has a second factor to set up."""

ACCEPTING: Final = SETTING_UP | {"policy_acceptance"}
"""Pages for whoever still has a policy to accept."""


UNATTENDED: Final = frozenset({"monitoring_sound"})
"""What a page fetches by itself: nobody has been at the keyboard for it. So is a page that htmx looks at again."""


class GatesMiddleware:
    """Sends a request to what must be done first. It answers for every view, so none can be forgotten."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the gates stand where the view is known."""
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, _kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """The first gate that is shut answers; None lets the view answer."""
        match = request.resolver_match
        name = match.url_name if match else None
        if match and "api" in match.app_names:  # the API asks for a token itself
            return None
        known = recognise(request)
        if known is None:
            return None if name in OPEN else _to_entrance(request, name)
        for gate in (_awake, _second_factor, _policies):
            if response := gate(known, name or ""):
                return response
        return None


def idle_seconds(request: PersonRequest) -> int:
    """How long the person's session may rest before it locks (REQ 047)."""
    return request.organisation.idle_minutes * 60


def _to_entrance(request: HttpRequest, name: str | None) -> HttpResponseRedirect:
    """To sign in; whoever comes to the door of a demo is first told what it is."""
    if name == "start" and settings.HOME.demo.is_file():
        return HttpResponseRedirect(reverse("tour"))
    return _to_sign_in(request)


def _to_sign_in(request: HttpRequest) -> HttpResponseRedirect:
    back = request.get_full_path() if request.method == "GET" else "/"
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': back})}")


def _awake(request: PersonRequest, name: str) -> HttpResponse | None:
    now = clock.seconds()
    last = request.session.get(LAST_SEEN, now)
    if now - last <= idle_seconds(request):
        if name not in UNATTENDED and "HX-Request" not in request.headers:
            request.session[LAST_SEEN] = now
        return None
    if name == "locked":
        return None
    minutes = request.organisation.idle_minutes
    logout(request, show_message=False)
    messages.info(request, f"Your session locked after {minutes} minutes without use. Sign in again.")
    return None if name in OPEN else _to_sign_in(request)


def _second_factor(request: PersonRequest, name: str) -> HttpResponse | None:
    if name in OPEN or name in SETTING_UP or not needs_second_factor(request):
        return None
    return redirect("second_factor")


def needs_second_factor(request: PersonRequest) -> bool:
    """Whether this person may touch content and has no second factor. Demo links stand for one."""
    if not (request.person.handles_content or request.person.administers):
        return False
    if request.session.get(BY_DEMO_LINK):
        return False
    types = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return not is_mfa_enabled(request.user, types)


def _policies(request: PersonRequest, name: str) -> HttpResponse | None:
    if name in OPEN or name in ACCEPTING or not services.waiting_policies(request.person.id):
        return None
    back = request.get_full_path() if request.method == "GET" else "/"
    return HttpResponseRedirect(f"{reverse('policy_acceptance')}?{urlencode({'next': back})}")
