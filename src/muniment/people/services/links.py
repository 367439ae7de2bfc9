"""Links that sign somebody in: a demo's personas, and the first enrolment of a person."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet

from muniment.core import clock
from muniment.core.errors import RefusedError
from muniment.people.models import SignInLink
from muniment.people.services.organisations import view
from muniment.people.services.secrets import digest, new_secret
from muniment.people.views import PersonView

PREFIXES = {SignInLink.Use.DEMO: "demo", SignInLink.Use.ENROL: "enrol", SignInLink.Use.RESET: "reset"}


@dataclass(frozen=True)
class Enrolment:
    """An enrolment link that still works: for whom, and whether it also registers a first signing key."""

    organisation: str
    person: str
    """Empty while nobody is named: the page then asks for name and e-mail address."""
    first_authority: bool


def make_link(
    organisation: str,
    use: SignInLink.Use,
    *,
    person: str = "",
    token: str = "",
    first_authority: bool = False,
    lasts: timedelta | None = None,
) -> str:
    """Make a link and return its token, which is the last part of its address.

    `token` is given for a first authority (the one whose hash the genesis entry holds) and by a demo,
    which prints the same links at each start; both may be said again and change nothing.
    """
    text = token or new_secret(PREFIXES[use])
    SignInLink.objects.get_or_create(
        digest=digest(text),
        defaults={
            "organisation_id": organisation,
            "person_id": person or None,
            "use": use,
            "first_authority": first_authority,
            "expires": clock.now() + lasts if lasts else None,
        },
    )
    return text


def who_follows(token: str) -> PersonView | None:
    """The persona of a demo link; None if there is none. Whether the ledger says demo is asked elsewhere."""
    row = _live(token).filter(use=SignInLink.Use.DEMO, organisation__demo=True).first()
    return view(row.person_id) if row and row.person_id else None


def enrolment(organisation: str, token: str) -> Enrolment | None:
    """What an enrolment link is for; None if it was used, has run out or never was."""
    row = _live(token).filter(use=SignInLink.Use.ENROL, organisation_id=organisation).first()
    return Enrolment(row.organisation_id, row.person_id or "", row.first_authority) if row else None


def use_enrolment(token: str, person: str) -> None:
    """Use the link up for this person, once; RefusedError for whoever comes second.

    One conditional update decides, so that two browsers cannot both win.
    """
    taken = (
        _live(token)
        .filter(Q(person__isnull=True) | Q(person_id=person), use=SignInLink.Use.ENROL)
        .update(used=clock.now(), person_id=person)
    )
    if not taken:
        raise RefusedError(
            "This link has already been used, or has run out.",
            remedy="Ask whoever sent it for a new one.",
        )


def _live(token: str) -> QuerySet[SignInLink]:
    not_over = Q(expires__isnull=True) | Q(expires__gt=clock.now())
    return SignInLink.objects.filter(not_over, digest=digest(token), used__isnull=True)
