"""Who calls: a personal token in the Authorization header, and nothing else. Cookies count for nothing."""

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from muniment.core.errors import RefusedError
from muniment.people import services as people
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
        person = people.who_holds(token, desktop=True)
        if person is None and people.who_holds(token) is not None:
            raise RefusedError(
                "This token does not silence calls.",
                why="That takes a token for a telephone desktop.",
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
