"""Changes of the authority register: proposed here, signed by two authorities, decided by the keeper.

The register takes changes one after the other, and the text that is signed carries its number. So changes
that wait stand in a queue: each is numbered after those before it, and takes effect after them.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol

from django.db import transaction

from muniment.core.errors import RefusedError
from muniment.people.models import RegisterChange, RegisterSignature
from muniment.people.views import RegisterChangeView
from muniment.vault.authority.register import FEWEST_AUTHORITIES, Power, RegisteredKey
from muniment.vault.authority.signing import SignedStatement, from_json, to_json
from muniment.vault.authority.statements import RegisterChange as RegisterText
from muniment.vault.authority.statements import build_register_change, read
from muniment.vault.messages import Receipt, RegisterView


class Registry(Protocol):
    """The keeper's register: `muniment.vault.client.DeskDoor` fills it."""

    def registered(self, organisation: str) -> tuple[RegisteredKey, ...]:
        """The keys that count now."""

    def register_view(self, organisation: str) -> RegisterView:
        """The same, and how many changes there have been."""

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

    `serial` is one more than the register's; the change is numbered after those that wait already.
    """
    with transaction.atomic():
        row = RegisterChange.objects.create(
            organisation_id=organisation,
            about_id=about,
            proposed_by_id=by,
            summary=summary,
            statement=build_register_change(
                organisation=organisation, add=add, remove=remove, serial=serial + len(_queue(organisation))
            ),
        )
    return _view(row)


def register_changes(organisation: str, *, about: str = "") -> tuple[RegisterChangeView, ...]:
    """Changes that wait, in the order in which they take effect; only those about one person if given."""
    return tuple(_view(row) for row in _queue(organisation) if about in {"", row.about_id})


def sign_change(
    registry: Registry, organisation: str, change: int, signed: SignedStatement
) -> RegisterChangeView:
    """Keep one authority's signature; with the second the keeper is asked to change the register.

    A change that two have signed before its turn takes effect as soon as those before it are settled.
    RefusedError if the change is not open, the text is another, or the signer has no power to
    change the register. The keeper checks both signatures itself and may refuse.
    """
    _advance(registry, organisation)
    with transaction.atomic():
        row = RegisterChange.objects.filter(pk=change, organisation_id=organisation, state=_PROPOSED).first()
        if row is None or bytes(row.statement) != signed.statement:
            raise RefusedError(
                "This change no longer waits for a signature, or its text is another by now.",
                remedy="Load the list of changes again.",
            )
        require_authority(registry, organisation, signed)
        RegisterSignature.objects.get_or_create(
            change=row, person_id=signed.person, defaults={"signed": to_json(signed)}
        )
        if _queue(organisation)[0].pk == row.pk:
            _take_effect(registry, row)
    _advance(registry, organisation)
    row.refresh_from_db()
    return _view(row)


def withdraw_change(registry: Registry, organisation: str, change: int, *, by: str) -> None:
    """Take back a change that this person proposed, or turn it down as an authority, while it waits."""
    waiting = RegisterChange.objects.filter(pk=change, organisation_id=organisation, state=_PROPOSED)
    if not _is_authority(registry, organisation, by):
        waiting = waiting.filter(proposed_by_id=by)
    if not waiting.update(state=RegisterChange.State.WITHDRAWN):
        raise RefusedError(
            "Only whoever proposed a change can withdraw it, and only an authority can turn it down.",
            why="And only while it waits.",
        )
    _advance(registry, organisation)


def _queue(organisation: str) -> list[RegisterChange]:
    rows = RegisterChange.objects.filter(organisation_id=organisation, state=_PROPOSED)
    return list(rows.select_related("about").prefetch_related("signatures").order_by("proposed", "pk"))


def _advance(registry: Registry, organisation: str) -> None:
    """Let everything take effect whose turn it is and that two have signed; number the others anew."""
    queue = _queue(organisation)
    number = registry.register_view(organisation).serial + 1
    with suppress(RefusedError):  # the keeper's word about another change than the one just signed
        while queue and not _renumbered(queue[0], number) and _take_effect(registry, queue[0]):
            queue, number = queue[1:], number + 1
    for place, row in enumerate(queue):
        _renumbered(row, number + place)


def _take_effect(registry: Registry, row: RegisterChange) -> bool:
    """Whether two have signed, and the keeper has the change now; RefusedError if it will not."""
    signatures = tuple(from_json(bytes(one.signed)) for one in row.signatures.all())
    if len(signatures) < FEWEST_AUTHORITIES:
        return False
    receipt = registry.register(row.organisation_id, bytes(row.statement), signatures)
    row.state = RegisterChange.State.DONE
    row.ledger_sequence = receipt.first
    row.save()
    return True


def _renumbered(row: RegisterChange, number: int) -> bool:
    """Whether the change's text had another number: it has this one now, and must be signed anew."""
    text = read(RegisterText, bytes(row.statement))
    if text.serial == number:
        return False
    row.statement = build_register_change(
        organisation=text.organisation, add=text.add, remove=text.remove, serial=number
    )
    row.save()
    row.signatures.all().delete()
    return True


def _is_authority(registry: Registry, organisation: str, person: str) -> bool:
    keys = registry.registered(organisation)
    return any(key.person == person and Power.REGISTER in key.powers for key in keys)


def require_authority(registry: Registry, organisation: str, signed: SignedStatement) -> None:
    """RefusedError unless the key that signed is one that counts now, of a person who may change the register."""
    for key in registry.registered(organisation):
        if key.key == signed.key and key.person == signed.person and Power.REGISTER in key.powers:
            return
    raise RefusedError(
        "This key cannot sign a change of the register, or what else two authorities sign.",
        why="Only an authority with the power to change the register can.",
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
