"""Give and remove roles, with their exclusions, each change in the ledger."""

from django.db import IntegrityError, transaction

from muniment.core.errors import RefusedError
from muniment.core.tags import EventTag
from muniment.people import ledger as ledgers
from muniment.people.ledger import Ledger
from muniment.people.models import Person, RoleAssignment
from muniment.people.roles import Role, may_give, require_compatible
from muniment.people.services.organisations import view
from muniment.people.views import PersonView


def give_role(ledger: Ledger, person: str, role: Role, *, by: str = "") -> PersonView:
    """Give a role and write it to the ledger; nothing happens if the person already has it.

    `by` is the `per_…` id of whoever gives it; empty for the set-up of an installation. RefusedError
    if a role that the person holds excludes it, or if somebody gives a role to themselves.
    """
    held = view(person)
    if role in held.roles:
        return held
    _require_another(person, by)
    _require_may_name(by, role)
    require_compatible(held.roles, role)
    try:
        with transaction.atomic():
            row = RoleAssignment.objects.create(person_id=person, role=role, given_by_id=by or None)
            row.ledger_sequence = _write(ledger, held, role, "given", by)
            row.save(update_fields=["ledger_sequence"])
    except IntegrityError as error:  # somebody else gave an excluding role in the meantime
        raise RefusedError(f"{role.label} cannot be given.", why=f"{error}.") from error
    return view(person)


def remove_role(ledger: Ledger, person: str, role: Role, *, by: str = "") -> PersonView:
    """Take a role away and write it to the ledger; nothing happens if the person has it not."""
    held = view(person)
    if role not in held.roles:
        return held
    _require_may_name(by, role)
    return take_away(ledger, held, role, by=by)


def take_away(ledger: Ledger, held: PersonView, role: Role, *, by: str) -> PersonView:
    """Take a role that the person holds, whoever says so: for the end of somebody's whole access."""
    person = held.id
    with transaction.atomic():
        RoleAssignment.objects.filter(person_id=person, role=role).delete()
        _write(ledger, held, role, "removed", by)
    return view(person)


def holders(organisation: str, role: Role) -> tuple[PersonView, ...]:
    """Everybody in the organisation who holds the role, in the order in which it was given."""
    rows = RoleAssignment.objects.filter(person__organisation_id=organisation, role=role)
    return tuple(view(person) for person in rows.order_by("given").values_list("person_id", flat=True))


def _write(ledger: Ledger, held: PersonView, role: Role, change: str, by: str) -> int:
    body = {"person": held.id, "name": held.name, "role": role.value, "change": change, "by": by}
    return ledgers.write(ledger, held.organisation, EventTag.ROLE_CHANGED, body)


def _require_may_name(by: str, role: Role) -> None:
    if by and not may_give(view(by).roles, role):
        raise RefusedError(
            f"You may not give or take the role {role.label}.",
            why="Who runs the machine does not name those who decide, and the other way round.",
            remedy="Ask a director or the Data Controller, or an administrator for the roles of running it.",
        )


def _require_another(person: str, by: str) -> None:
    if by == person:
        raise RefusedError("Nobody gives a role to themselves.", remedy="Ask somebody else to give it.")
    if by and Person.objects.filter(pk__in=(person, by)).values("organisation").distinct().count() > 1:
        raise RefusedError("Roles are given within one organisation.")
