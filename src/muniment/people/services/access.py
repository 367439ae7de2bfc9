"""Let people in and out: invite, see and end their links, end their access. Each act is in the ledger."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet

from muniment.core import clock
from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.tags import EventTag
from muniment.people import ledger as ledgers
from muniment.people.ledger import Ledger
from muniment.people.models import Account, PersonalToken, RoleAssignment, SignInLink
from muniment.people.roles import Role
from muniment.people.services.links import make_link
from muniment.people.services.organisations import add_address, add_person, view
from muniment.people.services.role_changes import take_away
from muniment.people.services.secrets import digest
from muniment.people.views import PersonView

INVITATION_LASTS: Final = timedelta(days=7)
RESET_LASTS: Final = timedelta(hours=24)


@dataclass(frozen=True)
class LinkView:
    """A link that still signs somebody in, as a list shows it; never the link itself."""

    id: int
    use: str
    created: datetime
    expires: datetime | None


@dataclass(frozen=True)
class AccessView:
    """How somebody can get in: account, live links, live tokens."""

    has_account: bool
    active: bool
    links: tuple[LinkView, ...]
    tokens: int


def access(person: str) -> AccessView:
    """How this person can get in now."""
    account = Account.objects.filter(person_id=person).first()
    return AccessView(
        has_account=account is not None,
        active=account is not None and account.is_active,
        links=tuple(
            LinkView(row.pk, SignInLink.Use(row.use).label, row.created, row.expires)
            for row in _live_links(person).order_by("created")
        ),
        tokens=_live_tokens(person).count(),
    )


def invite(ledger: Ledger, organisation: str, name: str, email: str, *, by: str) -> tuple[PersonView, str]:
    """Add a person and make their first link; its token is returned once and cannot be had again.

    RefusedError if the address already means somebody in the organisation.
    """
    if not name.strip():
        raise WrongUseError("A person needs a name.")
    with transaction.atomic():
        person = add_person(organisation, name.strip())
        add_address(person.id, email)
        _write(ledger, EventTag.PERSON_ADDED, view(person.id), by)
        token = make_link(organisation, SignInLink.Use.ENROL, person=person.id, lasts=INVITATION_LASTS)
    return view(person.id), token


def invite_again(ledger: Ledger, person: str, *, by: str) -> str:
    """A new first link for somebody who has no account yet; links from before end."""
    held = view(person)
    if Account.objects.filter(person_id=person).exists():
        raise RefusedError("This person has an account already.", remedy="Make a link to a new password.")
    with transaction.atomic():
        end_links(ledger, person, by=by)
        token = make_link(held.organisation, SignInLink.Use.ENROL, person=person, lasts=INVITATION_LASTS)
        _write(ledger, EventTag.LINK_MADE, held, by, use="enrol")
    return token


def make_reset_link(ledger: Ledger, person: str, *, by: str) -> str:
    """A link to a new password, once and within a day; the second factor stays as it is.

    RefusedError for oneself and for whoever has no active account. The caller tells the Data Controller.
    """
    held = view(person)
    if by == person:
        raise RefusedError(
            "Nobody makes such a link for themselves.", remedy="Change your password on your profile."
        )
    if not Account.objects.filter(person_id=person, is_active=True).exists():
        raise RefusedError("This person has no account to sign in to.", remedy="Invite them instead.")
    with transaction.atomic():
        _live_links(person).filter(use=SignInLink.Use.RESET).update(expires=clock.now())
        token = make_link(held.organisation, SignInLink.Use.RESET, person=person, lasts=RESET_LASTS)
        _write(ledger, EventTag.LINK_MADE, held, by, use="reset")
    return token


def who_resets(token: str) -> PersonView | None:
    """Whose password this link sets; None if it was used, has run out or never was."""
    row = _live(SignInLink.objects.filter(digest=digest(token))).filter(use=SignInLink.Use.RESET).first()
    return view(row.person_id) if row and row.person_id else None


def reset_password(ledger: Ledger, token: str, password: str) -> PersonView:
    """Set the password and use the link up; every session of the person ends.

    RefusedError for whoever comes second: one conditional update decides.
    """
    person = who_resets(token)
    with transaction.atomic():
        taken = _live(SignInLink.objects.filter(digest=digest(token))).update(used=clock.now())
        if person is None or not taken:
            raise RefusedError(
                "This link has already been used, or has run out.", remedy="Ask for a new one."
            )
        account = Account.objects.get(person_id=person.id)
        account.set_password(password)
        account.save()
        _end_sessions(account)
        _write(ledger, EventTag.PASSWORD_RESET, person, person.id)
    return person


def end_links(ledger: Ledger, person: str, *, by: str) -> int:
    """End every live link of a person; how many there were."""
    held = view(person)
    with transaction.atomic():
        ended = _live_links(person).update(expires=clock.now())
        if ended:
            _write(ledger, EventTag.LINKS_ENDED, held, by, count=ended)
    return ended


def end_access(ledger: Ledger, person: str, *, by: str) -> PersonView:
    """Shut somebody out now: roles, sessions, tokens, links, and the account itself.

    Their records, acts and signatures stay what they are. RefusedError for oneself, and for the last
    Data Controller or the last administrator, without whom nobody could let anybody in again.
    """
    held = view(person)
    if by == person:
        raise RefusedError("Nobody ends their own access.", remedy="Ask somebody else to do it.")
    _require_another_one(held)
    with transaction.atomic():
        for role in sorted(held.roles):
            take_away(ledger, held, role, by=by)
        links = _live_links(person).update(expires=clock.now())
        tokens = _live_tokens(person).update(revoked=clock.now())
        if account := Account.objects.filter(person_id=person).first():
            account.is_active = False
            account.save()
            _end_sessions(account)
        _write(ledger, EventTag.ACCESS_ENDED, held, by, links=links, tokens=tokens)
    return view(person)


def _require_another_one(held: PersonView) -> None:
    for role in (Role.DATA_CONTROLLER, Role.ADMINISTRATOR):
        others = RoleAssignment.objects.filter(
            role=role, person__organisation_id=held.organisation, person__account__is_active=True
        ).exclude(person_id=held.id)
        if role in held.roles and not others.exists():
            raise RefusedError(
                f"{held.name} is the only {role.label} who can sign in.",
                remedy="Give the role to somebody else first.",
            )


def _end_sessions(account: Account) -> None:
    # A session names its account inside its sealed data, so each live one has to be looked at.
    for session in Session.objects.filter(expire_date__gt=clock.now()):
        if session.get_decoded().get("_auth_user_id") == str(account.pk):
            session.delete()


def _live_links(person: str) -> QuerySet[SignInLink]:
    return _live(SignInLink.objects.filter(person_id=person))


def _live(links: QuerySet[SignInLink]) -> QuerySet[SignInLink]:
    not_over = Q(expires__isnull=True) | Q(expires__gt=clock.now())
    return links.filter(not_over, used__isnull=True)


def _live_tokens(person: str) -> QuerySet[PersonalToken]:
    return PersonalToken.objects.filter(person_id=person, revoked__isnull=True, expires__gt=clock.now())


def _write(ledger: Ledger, tag: EventTag, about: PersonView, by: str, **more: object) -> int:
    body = {"person": about.id, "name": about.name, "by": by, **more}
    return ledgers.write(ledger, about.organisation, tag, body)
