"""Personal tokens for the API."""

from datetime import timedelta

from django.db.models import Q

from muniment.core import clock
from muniment.core.errors import RefusedError
from muniment.people.models import PersonalToken
from muniment.people.roles import ADMINISTERING_ROLES
from muniment.people.services.organisations import view
from muniment.people.services.secrets import digest, new_secret
from muniment.people.views import PersonView, TokenView

TokenUse = PersonalToken.Use
PREFIX = "mun"
HINT_LETTERS = 8
LONGEST_DAYS = 366
NOTE_USE_EVERY = timedelta(minutes=5)  # a write for each request would be one transaction too many


def make_token(
    person: str, name: str, *, days: int = 90, secret: str = "", use: TokenUse = TokenUse.PROGRAM
) -> tuple[str, TokenView]:
    """Make a token that works for `days`; its text is returned once and cannot be had again.

    RefusedError for more than a year, and for one of a source for who does not run the system. `secret` is given only by a demo, which prints it again.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise RefusedError(
            f"A token lasts between 1 and {LONGEST_DAYS} days.", remedy="Choose a shorter time."
        )
    if use is TokenUse.SOURCE and not view(person).roles & ADMINISTERING_ROLES:
        raise RefusedError("Only who runs the system makes tokens for sources of recordings.")
    text = secret or new_secret(PREFIX)
    row = PersonalToken.objects.create(
        person_id=person,
        name=name,
        hint=text[:HINT_LETTERS],
        digest=digest(text),
        expires=clock.now() + timedelta(days=days),
        use=use,
    )
    return text, _view(row)


def tokens(person: str) -> tuple[TokenView, ...]:
    """All tokens of a person, newest first, revoked ones too."""
    return tuple(_view(row) for row in PersonalToken.objects.filter(person_id=person))


def revoke_token(person: str, token: int) -> None:
    """End a token of this person now; nothing happens for another person's."""
    PersonalToken.objects.filter(pk=token, person_id=person, revoked__isnull=True).update(revoked=clock.now())


def who_holds(secret: str, use: TokenUse = TokenUse.PROGRAM) -> PersonView | None:
    """The person whose live token this is, if their account is active; None otherwise.

    A token is one only for the use that it was made for.
    """
    now = clock.now()
    row = PersonalToken.objects.filter(
        digest=digest(secret),
        use=use,
        revoked__isnull=True,
        expires__gt=now,
        person__account__is_active=True,
    ).first()
    if row is None:
        return None
    stale = Q(last_used__isnull=True) | Q(last_used__lt=now - NOTE_USE_EVERY)
    PersonalToken.objects.filter(stale, pk=row.pk).update(last_used=now)
    return view(row.person_id)


def _view(row: PersonalToken) -> TokenView:
    return TokenView(
        id=row.pk,
        name=row.name,
        hint=row.hint,
        created=row.created,
        expires=row.expires,
        last_used=row.last_used,
        revoked=row.revoked,
    )
