"""Which roles may see a page. Who asks without one is refused, and the attempt is in the ledger."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, NoReturn, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from muniment.core.errors import RefusedError
from muniment.governance import denials
from muniment.people.roles import Role
from muniment.web.desk import desk
from muniment.web.requests import PersonRequest

type PersonPage[**P] = Callable[Concatenate[PersonRequest, P], HttpResponseBase]
type Page[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def person_page[**P](view: PersonPage[P]) -> Page[P]:
    """A page for anybody who is signed in; the gates have seen to it that they are."""
    return cast("Page[P]", view)


def only[**P](*roles: Role) -> Callable[[PersonPage[P]], Page[P]]:
    """A page for whoever holds one of these roles. Everybody else's attempt is written down."""

    def decorate(view: PersonPage[P]) -> Page[P]:
        @wraps(view)
        def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            known = cast("PersonRequest", request)
            if not known.person.roles.intersection(roles):
                refuse(known)
            return view(known, *args, **kwargs)

        return cast("Page[P]", answer)

    return decorate


def refuse(request: PersonRequest, record: str = "") -> NoReturn:
    """Refuse the page, after the attempt stands in the ledger (REQ 052)."""
    match = request.resolver_match
    page = str(match.url_name if match else "")
    with denials.written(desk(), request.person, "see_page", page, record):
        raise RefusedError(
            "You may not see this page.",
            why="Your role does not include it. The attempt stands in the proof log, as every one does.",
            remedy="If you need it for your work, ask for a grant, or speak with your Data Controller.",
        )
