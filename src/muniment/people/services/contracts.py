"""Attest the signed contract of a person from outside: the other form of acceptance (REQ 005, 006).

It counts for the terms as published up to the day it was attested, until the contract ends. A newer
version takes a new attestation, or the person's own acceptance.
"""

from collections.abc import Collection
from datetime import date
from typing import Final

from django.db import transaction

from muniment.core import clock
from muniment.core.errors import RefusedError, WrongUseError
from muniment.core.tags import EventTag
from muniment.people import ledger as ledgers
from muniment.people.ledger import Ledger
from muniment.people.models import Contract, Person
from muniment.people.roles import ENTITLED_ROLES, Role
from muniment.people.services.organisations import persons
from muniment.people.views import ContractView, PersonView

COMMISSIONERS: Final = ENTITLED_ROLES | {Role.DATA_CONTROLLER, Role.LINE_MANAGER}
MUST_CITE: Final = {
    "confidentiality": "Confidentiality",
    "data_protection": "Data protection",
    "freedom_of_information": "Freedom of information",
}
"""What a contract must cite, or it stands for nothing."""


def outsiders(organisation: str) -> tuple[PersonView, ...]:
    """The persons whose contract can stand for acceptance: everybody but employees."""
    return tuple(one for one in persons(organisation) if one.kind != Person.Kind.EMPLOYEE)


def contracts(organisation: str) -> tuple[ContractView, ...]:
    """Every attested contract, the newest first."""
    rows = Contract.objects.filter(person__organisation_id=organisation)
    return tuple(_view(row) for row in rows.select_related("person", "commissioner"))


def attest_contract(
    ledger: Ledger,
    actor: PersonView,
    person: str,
    *,
    reference: str,
    signed: date,
    ends: date | None,
    cites: Collection[str],
) -> ContractView:
    """Record, as who commissioned this person, that their contract is signed and cites what it must.

    RefusedError for whoever may not commission, for themselves, and for employees; WrongUseError for
    what is missing.
    """
    if not actor.roles & COMMISSIONERS:
        raise RefusedError("Your role commissions nobody.", remedy="Ask who commissioned the contract.")
    row = next((one for one in outsiders(actor.organisation) if one.id == person), None)
    if row is None or row.id == actor.id:
        raise RefusedError(
            "This person’s contract cannot stand for acceptance.",
            why="It must be another person, who is no employee: employees accept the terms themselves.",
        )
    _check(reference, signed, ends, cites)
    made = Contract(
        person_id=person,
        reference=reference.strip(),
        signed=signed,
        ends=ends,
        commissioner_id=actor.id,
        attested=clock.now(),
    )
    with transaction.atomic():
        made.ledger_sequence = ledgers.write(
            ledger,
            actor.organisation,
            EventTag.CONTRACT_ATTESTED,
            {**facts(made), "cites": sorted(MUST_CITE)},
        )
        made.save()
    return _view(made)


def facts(row: Contract) -> dict[str, str]:
    """What the ledger says of a contract, beside what every one of them must cite."""
    return {
        "person": row.person_id,
        "reference": row.reference,
        "signed": row.signed.isoformat(),
        "ends": row.ends.isoformat() if row.ends else "",
        "by": row.commissioner_id,
    }


def _check(reference: str, signed: date, ends: date | None, cites: Collection[str]) -> None:
    if not reference.strip():
        raise WrongUseError("Give the reference by which the contract is found.")
    missing = [words for name, words in MUST_CITE.items() if name not in cites]
    if missing:
        raise WrongUseError(f"The contract must cite: {', '.join(missing).lower()}.")
    today = clock.now().date()
    if signed > today or (ends is not None and ends < today):
        raise WrongUseError("The contract must be signed already, and not be over.")


def _view(row: Contract) -> ContractView:
    return ContractView(
        id=row.pk,
        person=row.person.name,
        reference=row.reference,
        signed=row.signed,
        ends=row.ends,
        commissioner=row.commissioner.name,
        attested=row.attested,
        over=row.ends is not None and row.ends < clock.now().date(),
    )
