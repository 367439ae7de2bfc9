"""Changes of the authority register: proposed here, signed by two authorities, decided by the keeper."""

from collections.abc import Iterable
from typing import Protocol

from django.db import transaction

from muniment.core.errors import RefusedError
from muniment.people.models import RegisterChange, RegisterSignature
from muniment.people.views import RegisterChangeView
from muniment.vault.authority.register import FEWEST_AUTHORITIES, Power, RegisteredKey
from muniment.vault.authority.signing import SignedStatement, from_json, to_json
from muniment.vault.authority.statements import build_register_change
from muniment.vault.messages import Receipt


class Registry(Protocol):
    """The keeper's register: `muniment.vault.client.DeskDoor` fills it."""

    def registered(self, organisation: str) -> tuple[RegisteredKey, ...]:
        """The keys that count now."""

    def register(
        self, organisation: str, statement: bytes, signatures: tuple[SignedStatement, ...]
    ) -> Receipt:
        """Change the register; refused unless two authorities signed the statement."""


def propose_change(
    organisation: str,
    *,
    by: str,
    about: str,
    summary: str,
    serial: int,
    add: Iterable[RegisteredKey] = (),
    remove: Iterable[str] = (),
) -> RegisterChangeView:
    """Write down a change for two authorities to sign. It does nothing by itself.

    `serial` is one more than the register's; a change that another overtakes must be proposed again.
    """
    row = RegisterChange.objects.create(
        organisation_id=organisation,
        about_id=about,
        proposed_by_id=by,
        summary=summary,
        statement=build_register_change(organisation=organisation, add=add, remove=remove, serial=serial),
    )
    return _view(row)


def register_changes(organisation: str, *, about: str = "") -> tuple[RegisterChangeView, ...]:
    """Changes that wait for signatures, newest first; only those about one person if given."""
    rows = RegisterChange.objects.filter(organisation_id=organisation, state=_PROPOSED)
    if about:
        rows = rows.filter(about_id=about)
    return tuple(_view(row) for row in rows.select_related("about").prefetch_related("signatures"))


def sign_change(
    registry: Registry, organisation: str, change: int, signed: SignedStatement
) -> RegisterChangeView:
    """Keep one authority's signature; with the second the keeper is asked to change the register.

    RefusedError if the change is not open, the text is another, or the signer has no power to
    change the register. The keeper checks both signatures itself and may refuse.
    """
    with transaction.atomic():
        row = RegisterChange.objects.filter(pk=change, organisation_id=organisation, state=_PROPOSED).first()
        if row is None or bytes(row.statement) != signed.statement:
            raise RefusedError("This change no longer waits for a signature.")
        _require_authority(registry, organisation, signed)
        RegisterSignature.objects.get_or_create(
            change=row, person_id=signed.person, defaults={"signed": to_json(signed)}
        )
        signatures = tuple(from_json(bytes(one.signed)) for one in row.signatures.all())
        if len(signatures) >= FEWEST_AUTHORITIES:
            receipt = registry.register(organisation, bytes(row.statement), signatures)
            row.state = RegisterChange.State.DONE
            row.ledger_sequence = receipt.first
            row.save()
    return _view(row)


def withdraw_change(organisation: str, change: int, *, by: str) -> None:
    """Take back a change that this person proposed and that is not yet in the register."""
    taken = RegisterChange.objects.filter(
        pk=change, organisation_id=organisation, proposed_by_id=by, state=_PROPOSED
    ).update(state=RegisterChange.State.WITHDRAWN)
    if not taken:
        raise RefusedError("Only whoever proposed a change can withdraw it, while it waits.")


def _require_authority(registry: Registry, organisation: str, signed: SignedStatement) -> None:
    for key in registry.registered(organisation):
        if key.key == signed.key and key.person == signed.person and Power.REGISTER in key.powers:
            return
    raise RefusedError(
        "This key cannot sign a change of the register.",
        why="Only an authority with the power to change the register signs one.",
    )


def _view(row: RegisterChange) -> RegisterChangeView:
    return RegisterChangeView(
        id=row.pk,
        about=row.about_id,
        about_name=row.about.name,
        summary=row.summary,
        statement=bytes(row.statement),
        state=row.state,
        proposed=row.proposed,
        proposed_by=row.proposed_by_id,
        signed_by=tuple(signature.person_id for signature in row.signatures.all()),
    )


_PROPOSED = RegisterChange.State.PROPOSED
