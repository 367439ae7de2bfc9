"""Headers that Django does not set: nothing of a page is kept, shared or given devices."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# Each feature that a page could ask the browser for, and why only two are left on.
_OFF = ("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "serial", "usb")
_OWN = ("publickey-credentials-create", "publickey-credentials-get")  # passkeys, on our own pages
PERMISSIONS = ", ".join([*(f"{name}=()" for name in _OFF), *(f"{name}=(self)" for name in _OWN)])


class HeadersMiddleware:
    """Stands outermost, so that errors and static files carry these headers too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers; a page is never stored, by no cache and by no browser."""
        response = self._get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers["Cache-Control"] = "no-store"
        return response
