"""Which roles may see a page. Who asks without one is refused, and the attempt is in the ledger."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from muniment.core.tags import EventTag
from muniment.people.roles import Role
from muniment.vault.messages import Act
from muniment.web.desk import desk
from muniment.web.requests import PersonRequest

type PersonPage[**P] = Callable[Concatenate[PersonRequest, P], HttpResponse]
type Page[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]


class WrittenDenial(PermissionDenied):
    """A refusal that stands in the ledger."""


def person_page[**P](view: PersonPage[P]) -> Page[P]:
    """A page for anybody who is signed in; the gates have seen to it that they are."""
    return cast("Page[P]", view)


def only[**P](*roles: Role) -> Callable[[PersonPage[P]], Page[P]]:
    """A page for whoever holds one of these roles. Everybody else's attempt is written down."""

    def decorate(view: PersonPage[P]) -> Page[P]:
        @wraps(view)
        def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            known = cast("PersonRequest", request)
            if not known.person.roles.intersection(roles):
                refuse(known)
            return view(known, *args, **kwargs)

        return answer

    return decorate


def refuse(request: PersonRequest, record: str = "") -> None:
    """Write the attempt to the ledger (REQ 052), then refuse it with WrittenDenial."""
    match = request.resolver_match
    act = Act(
        tag=EventTag.ACCESS_DENIED,
        record=record,
        rule="role",
        body={"person": request.person.id, "page": str(match.url_name if match else ""), "why": "role"},
    )
    desk().append(request.person.organisation, act)
    raise WrittenDenial
