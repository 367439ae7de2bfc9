"""Found organisations, add persons, addresses and accounts; see them as frozen values."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from muniment.core.errors import RefusedError, WrongUseError
from muniment.people.models import Account, LineManager, Organisation, Person, PersonAddress
from muniment.people.roles import Role
from muniment.people.views import OrganisationView, PersonView


def found_organisation(organisation: str, name: str, *, demo: bool = False) -> OrganisationView:
    """Add the organisation whose vault has the id `organisation`; its genesis entry already exists.

    Asking again for one that is there changes nothing and is no error.
    """
    row, _ = Organisation.objects.get_or_create(id=organisation, defaults={"name": name, "demo": demo})
    return _organisation(row)


def organisation_view(organisation: str) -> OrganisationView:
    """The organisation of this id; WrongUseError if there is none."""
    row = Organisation.objects.filter(pk=organisation).first()
    if row is None:
        raise WrongUseError(f"There is no organisation {organisation}.")
    return _organisation(row)


def add_person(
    organisation: str,
    name: str,
    *,
    kind: str = Person.Kind.EMPLOYEE,
    addresses: Iterable[str] = (),
    person: str = "",
) -> PersonView:
    """Add a person with the addresses by which records name them.

    `person` is their `per_…` id where the register already has it. RefusedError if an address
    already means somebody else in the organisation.
    """
    with transaction.atomic():
        given = {"id": person} if person else {}
        row = Person.objects.create(organisation_id=organisation, name=name, kind=kind, **given)
        for address in addresses:
            add_address(row.id, address)
    return view(row.id)


def add_address(person: str, address: str, kind: str = PersonAddress.Kind.MAIL) -> None:
    """Say that an address means this person; RefusedError if it means somebody else."""
    row = Person.objects.get(pk=person)
    if row.addresses.filter(address=PersonAddress.folded(address, kind, row.organisation_id)).exists():
        return
    try:
        with transaction.atomic():
            PersonAddress(person=row, address=address, kind=kind).save()
    except IntegrityError as error:
        raise RefusedError(
            f"{address} already belongs to a person in this organisation.",
            remedy="Remove it there first, if it now means somebody else.",
        ) from error


def open_account(person: str, email: str, password: str | None = None) -> None:
    """Let a person sign in. Without a password they can only come by link or passkey.

    RefusedError if the e-mail address or the person already has an account.
    """
    try:
        with transaction.atomic():
            Account.objects.create_user(email, password, person_id=person)
    except IntegrityError as error:
        raise RefusedError(
            "The account cannot be made.",
            why=f"{email} or the person already has one: one account, one person.",
        ) from error


def set_line_manager(person: str, manager: str) -> None:
    """Name a person's line manager, who then never decides about them; RefusedError if impossible."""
    try:
        with transaction.atomic():
            LineManager.objects.filter(person_id=person).delete()
            LineManager.objects.create(person_id=person, manager_id=manager)
    except IntegrityError as error:
        raise RefusedError(
            "This cannot be the line manager.",
            why="A line manager is another person of the same organisation.",
        ) from error


def view(person: str) -> PersonView:
    """The person of this id, as they are now; WrongUseError if there is none."""
    row = _rows().filter(pk=person).first()
    if row is None:
        raise WrongUseError(f"There is no person {person}.")
    return _person(row)


def persons(organisation: str) -> tuple[PersonView, ...]:
    """Everybody in an organisation, by name."""
    return tuple(_person(row) for row in _rows().filter(organisation_id=organisation))


def _rows() -> QuerySet[Person]:
    return Person.objects.select_related("account", "managed_by").prefetch_related(
        "role_assignments", "addresses"
    )


def _person(row: Person) -> PersonView:
    account = getattr(row, "account", None)
    managed = getattr(row, "managed_by", None)
    return PersonView(
        id=row.id,
        organisation=row.organisation_id,
        name=row.name,
        kind=row.kind,
        email=account.email if account else "",
        roles=frozenset(Role(assignment.role) for assignment in row.role_assignments.all()),
        addresses=tuple(sorted(address.address for address in row.addresses.all())),
        line_manager=managed.manager_id if managed else "",
    )


def _organisation(row: Organisation) -> OrganisationView:
    return OrganisationView(
        id=row.id,
        name=row.name,
        demo=row.demo,
        controller_title=row.controller_title,
        idle_minutes=row.idle_minutes,
    )
