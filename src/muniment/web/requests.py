"""A request of somebody who is signed in, as the views see it."""

from typing import TYPE_CHECKING, cast

from django.http import HttpRequest

from muniment.people import services
from muniment.people.models import Account
from muniment.people.views import OrganisationView, PersonView

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase


class PersonRequest(HttpRequest):
    """A request that has passed the gates: `person` is who asks, by `account`, `organisation` where they belong."""

    account: Account
    person: PersonView
    organisation: OrganisationView
    session: "SessionBase"


def recognise(request: HttpRequest) -> PersonRequest | None:
    """The same request with its person, if it is signed in and the account is active."""
    if not isinstance(request.user, Account) or not request.user.is_active:
        return None
    known = cast("PersonRequest", request)
    if not hasattr(known, "person"):
        known.account = request.user
        known.person = services.view(request.user.person_id)
        known.organisation = services.organisation_view(known.person.organisation)
    return known


def network_address(request: HttpRequest) -> str | None:
    """Where a request comes from, as the server saw it; None over a Unix socket."""
    return request.META.get("REMOTE_ADDR") or None
