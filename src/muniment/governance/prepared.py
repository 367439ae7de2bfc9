"""Texts between showing and signing: shown to one person, used once, within half an hour."""

from datetime import timedelta

from muniment.core import clock
from muniment.core.errors import RefusedError
from muniment.governance.desk import Desk
from muniment.governance.models import Prepared
from muniment.governance.statements import ToSign
from muniment.people.views import PersonView
from muniment.vault.authority import signing, statements
from muniment.vault.authority.register import Power, Register
from muniment.vault.authority.signing import SignedStatement

LONGEST_WAIT = timedelta(minutes=30)


def prepare(
    actor: PersonView,
    act: str,
    subject: str,
    shown: ToSign,
    *,
    warrant: bytes = b"",
    payload: dict[str, object] | None = None,
) -> ToSign:
    """Remember what is shown to somebody, so that only that text can come back signed."""
    now = clock.now()
    Prepared.objects.filter(prepared__lt=now - LONGEST_WAIT).delete()
    Prepared.objects.create(
        digest=shown.digest,
        organisation_id=actor.organisation,
        person_id=actor.id,
        act=act,
        subject=subject,
        statement=shown.statement,
        warrant=warrant,
        payload=payload or {},
        prepared=now,
    )
    return shown


def take(actor: PersonView, act: str, subject: str, signed: SignedStatement) -> Prepared:
    """What was shown to this person for this act and is now signed; RefusedError for anything else.

    It is gone afterwards: call it in the transaction of the act, so that a failure brings it back.
    """
    digest = statements.digest(signed.statement).hex()
    row = Prepared.objects.filter(
        digest=digest,
        organisation_id=actor.organisation,
        person_id=actor.id,
        act=act,
        subject=subject,
        prepared__gte=clock.now() - LONGEST_WAIT,
    ).first()
    if row is None or bytes(row.statement) != signed.statement:
        raise RefusedError(
            "This is not the text that you were shown.",
            why="It was shown for something else, to somebody else, too long ago, or is already used.",
            remedy="Go back, read the text again and sign it.",
        )
    row.delete()
    row.digest = digest
    return row


def check(desk: Desk, actor: PersonView, signed: SignedStatement, powers: frozenset[Power]) -> None:
    """RefusedError unless the actor signed it with a registered key that has one of these powers.

    The keeper checks again by itself before anything opens; this tells the person at once.
    """
    if signed.person != actor.id:
        raise RefusedError("Somebody else signed this.", remedy="Sign with your own key.")
    keys = desk.registered(actor.organisation)
    found = signing.verify(signed, Register({key.key: key for key in keys}))
    if found.powers.isdisjoint(powers):
        raise RefusedError(
            "Your key cannot sign this.",
            why=f"It has none of the powers {', '.join(sorted(powers))}.",
            remedy="Ask two authorities of your organisation to give it that power.",
        )
