"""Who calls: a personal token in the Authorization header, and nothing else. Cookies count for nothing."""

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from muniment.core.errors import RefusedError
from muniment.people import services as people
from muniment.people.roles import ADMINISTERING_ROLES
from muniment.people.services import TokenUse
from muniment.people.views import PersonView


class PolicyFirstError(RefusedError):
    """The person has not accepted the organisation's policies yet (REQ 005)."""


class PersonalToken(HttpBearer):
    """Lets in whoever holds a live token of a person who has accepted every policy."""

    def authenticate(self, _request: HttpRequest, token: str) -> PersonView | None:
        """The person whose token it is; None where it is nobody's."""
        person = people.who_holds(token)
        if person is not None and people.waiting_policies(person.id):
            raise PolicyFirstError(
                "You have not accepted the organisation's policies yet.",
                why="Nobody acts before that.",
                remedy="Read them at policies, and accept each at policies/{number}/acceptance.",
            )
        return person


class DesktopToken(HttpBearer):
    """Lets in a telephone desktop: it silences live calls in somebody's name, and does nothing else."""

    def authenticate(self, _request: HttpRequest, token: str) -> PersonView | None:
        """The person whose desktop it is; None where it is nobody's. A personal token is refused."""
        return _for_one_use(token, TokenUse.DESKTOP, "silence calls", "a telephone desktop")


class SourceToken(HttpBearer):
    """Lets in a switch or a carrier that hands recordings over, and does nothing else."""

    def authenticate(self, _request: HttpRequest, token: str) -> PersonView | None:
        """The engineer who made it, while they run the system; None where it is nobody's."""
        person = _for_one_use(token, TokenUse.SOURCE, "hand recordings over", "a source of recordings")
        if person is not None and not person.roles & ADMINISTERING_ROLES:
            raise RefusedError(
                "Whoever made this token no longer runs the system.", remedy="Have another made by who does."
            )
        return person


def _for_one_use(token: str, use: TokenUse, what: str, whose: str) -> PersonView | None:
    person = people.who_holds(token, use)
    if person is None and any(people.who_holds(token, other) for other in TokenUse if other is not use):
        raise RefusedError(
            f"This token does not {what}.",
            why=f"That takes a token for {whose}.",
            remedy="Make one under Profile, Tokens.",
        )
    return person


class NewcomersToken(HttpBearer):
    """Lets in whoever holds a live token, to read and accept the policies."""

    def authenticate(self, _request: HttpRequest, token: str) -> PersonView | None:
        """The person whose token it is; None where it is nobody's."""
        return people.who_holds(token)


def caller(request: HttpRequest) -> PersonView:
    """The person whom the token let in."""
    person: Any = getattr(request, "auth", None)
    if not isinstance(person, PersonView):
        raise RefusedError("Nobody is signed in.")
    return person
