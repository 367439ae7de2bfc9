"""Acts that two authorities sign together on pages: proposed by a command, done by the keeper with the second signature.

As yet there is one, the rotation of the ledger's key. What was signed is for one shard: once the ledger has gone on
in another, an act that still waits is overtaken, and nobody can sign it any more.
"""

from typing import Protocol

from django.db import transaction
from django.db.models import QuerySet

from muniment.core.errors import RefusedError
from muniment.people.models import JointAct, JointSignature
from muniment.people.services.register import Registry, require_authority
from muniment.people.views import JointActView
from muniment.vault.authority.register import FEWEST_AUTHORITIES
from muniment.vault.authority.signing import SignedStatement, from_json, to_json
from muniment.vault.authority.statements import LedgerRotation, build_rotation, digest, read
from muniment.vault.messages import Receipt


class Ledger(Registry, Protocol):
    """The keeper's register and ledger: `muniment.vault.client.DeskDoor` fills it."""

    def rotate_ledger(
        self, organisation: str, statement: bytes, signatures: tuple[SignedStatement, ...]
    ) -> Receipt:
        """Give the ledger another key; refused unless two authorities signed the statement."""


def propose_rotation(ledger: Ledger, organisation: str, reason: str) -> JointActView:
    """Write down that the ledger is to get another key, for two authorities to sign. It does nothing by itself.

    RefusedError if that waits already: two texts would part the signatures.
    """
    if joint_acts(ledger, organisation):
        raise RefusedError(
            "The authorities have an act of this kind before them already.",
            remedy="Have them sign that one, or turn it down first.",
        )
    shard = ledger.register_view(organisation).shard + 1
    text = build_rotation(organisation=organisation, shard=shard, reason=reason)
    return _view(JointAct.objects.create(organisation_id=organisation, statement=text))


def joint_acts(ledger: Ledger, organisation: str) -> tuple[JointActView, ...]:
    """Acts that wait for signatures, and still can have them; what was overtaken is put away."""
    _put_away(ledger, organisation)
    return tuple(_view(row) for row in _waiting(organisation))


def sign_joint_act(ledger: Ledger, organisation: str, act: int, signed: SignedStatement) -> JointActView:
    """Keep one authority's signature; with the second the keeper does it, and the ledger has it on return.

    RefusedError if the act waits no longer, the text is another, or the signer has no power to change the
    register. The keeper checks both signatures itself and may refuse.
    """
    _put_away(ledger, organisation)
    with transaction.atomic():
        row = _waiting(organisation).filter(pk=act).first()
        if row is None or bytes(row.statement) != signed.statement:
            raise RefusedError(
                "This act no longer waits for a signature.",
                why="It was done or turned down, or the ledger has gone on since.",
                remedy="Load the list again.",
            )
        require_authority(ledger, organisation, signed)
        JointSignature.objects.get_or_create(
            act=row, person_id=signed.person, defaults={"signed": to_json(signed)}
        )
        signatures = tuple(from_json(bytes(one.signed)) for one in row.signatures.all())
        if len(signatures) >= FEWEST_AUTHORITIES:
            receipt = ledger.rotate_ledger(organisation, bytes(row.statement), signatures)
            row.state, row.ledger_sequence = JointAct.State.DONE, receipt.first
            row.save()
    return _view(row)


def turn_down_joint_act(organisation: str, act: int) -> None:
    """Put an act away that should not be. Whoever calls this has seen that an authority wants it."""
    if not _waiting(organisation).filter(pk=act).update(state=JointAct.State.WITHDRAWN):
        raise RefusedError("This act no longer waits.", remedy="Load the list again.")


def _waiting(organisation: str) -> QuerySet[JointAct]:
    rows = JointAct.objects.filter(organisation_id=organisation, state=JointAct.State.PROPOSED)
    return rows.order_by("proposed", "pk")


def _put_away(ledger: Ledger, organisation: str) -> None:
    """Overtaken is what was to begin a shard that is there already, also by a command or after a restore."""
    rows = list(_waiting(organisation))
    following = ledger.register_view(organisation).shard + 1 if rows else 0
    for row in rows:
        if read(LedgerRotation, bytes(row.statement)).shard != following:
            row.state = JointAct.State.WITHDRAWN
            row.save()


def _view(row: JointAct) -> JointActView:
    statement = bytes(row.statement)
    return JointActView(
        id=row.pk,
        title="Give the ledger another key",
        statement=statement,
        digest=digest(statement).hex(),
        reason=read(LedgerRotation, statement).reason,
        state=row.state,
        proposed=row.proposed,
        signed_by=tuple(signature.person_id for signature in row.signatures.all()),
    )
