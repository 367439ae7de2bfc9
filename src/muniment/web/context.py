"""What every template knows: who looks, where they belong, what stands in the bar."""

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token

from muniment.web.gates import idle_seconds
from muniment.web.navigation import entries_for, watching_for
from muniment.web.requests import recognise


def site(request: HttpRequest) -> dict[str, Any]:
    """Django's hook for templates. Never writes `csp_nonce`: that is Django's own, false until printed."""
    known = recognise(request) if hasattr(request, "user") else None
    return {
        "person": known.person if known else None,
        "organisation": known.organisation if known else None,
        "entries": entries_for(known.person) if known else (),
        "watching": watching_for(known.person) if known else (),
        "idle_seconds": idle_seconds(known) if known else 0,
        "page_name": request.resolver_match.url_name if request.resolver_match else "",
        "form_token": lambda: get_token(request),
    }
