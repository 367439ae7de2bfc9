"""Draft, publish and accept the organisation's policies (REQ 001, 005)."""

import hashlib
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Q

from muniment.core import canonical, clock
from muniment.core.errors import RefusedError
from muniment.core.tags import EventTag
from muniment.people import ledger as ledgers
from muniment.people.ledger import Ledger
from muniment.people.models import Contract, Person, PolicyAcceptance, PolicyVersion
from muniment.people.views import PolicyView


def draft_policy(
    organisation: str,
    *,
    subject: str,
    number: str,
    title: str,
    text: str,
    effective: date,
    review_due: date | None = None,
    must_accept: bool = True,
) -> int:
    """Keep the text of a version; nobody else sees it until it is published. Returns its id."""
    return PolicyVersion.objects.create(
        organisation_id=organisation,
        subject=subject,
        number=number,
        title=title,
        text=text,
        effective=effective,
        review_due=review_due,
        must_accept=must_accept,
    ).pk


def publish(ledger: Ledger, policy: int, *, by: str = "") -> PolicyView:
    """Publish a version: its hash goes into the ledger, and it never changes again.

    The hash is the SHA-256 of the canonical JSON of subject, number, title, text and dates.
    RefusedError if it is already published.
    """
    with transaction.atomic():
        row = PolicyVersion.objects.select_for_update().get(pk=policy)
        if row.published:
            raise RefusedError(f"{row} is already published.", remedy="Draft the next version instead.")
        row.sha256 = policy_digest(row)
        row.published = clock.now()
        row.published_by_id = by or None
        row.ledger_sequence = ledgers.write(
            ledger,
            row.organisation_id,
            EventTag.POLICY_PUBLISHED,
            {"policy": row.subject, "number": row.number, "sha256": row.sha256, "by": by},
        )
        row.save()
    return _view(row, None)


def policies(person: str) -> tuple[PolicyView, ...]:
    """The newest published version of each policy of the person's organisation, and whether accepted."""
    organisation = Person.objects.values_list("organisation_id", flat=True).get(pk=person)
    rows = PolicyVersion.objects.filter(organisation_id=organisation, published__isnull=False)
    newest = _newest(rows.order_by("published"))
    accepted = dict(PolicyAcceptance.objects.filter(person_id=person).values_list("policy_id", "accepted"))
    return tuple(_view(row, accepted.get(row.pk)) for row in newest)


def waiting_policies(person: str) -> tuple[PolicyView, ...]:
    """The policies that the person must accept before they may do anything else.

    A signed contract, attested since a version was published and not over, stands for accepting it.
    """
    waiting = tuple(one for one in policies(person) if one.must_accept and one.accepted is None)
    return tuple(one for one in waiting if not _under_contract(person, one)) if waiting else ()


def accept(ledger: Ledger, person: str, policy: int, *, sha256: str, address: str | None) -> None:
    """Record that a person accepted exactly the version that they saw, from which network address.

    `sha256` is the hash that the page carried. RefusedError if it is not the hash of the newest
    published version. Accepting twice changes nothing.
    """
    shown = next((one for one in policies(person) if one.id == policy), None)
    if shown is None or shown.sha256 != sha256:
        raise RefusedError(
            "This is not the current version of the policy.",
            remedy="Read the newest version and accept that one.",
        )
    if shown.accepted:
        return
    row = Person.objects.get(pk=person)
    with transaction.atomic():
        sequence = ledgers.write(
            ledger,
            row.organisation_id,
            EventTag.POLICY_ACCEPTED,
            {
                "person": person,
                "policy": shown.subject,
                "number": shown.number,
                "sha256": sha256,
                "address": address or "",
            },
        )
        PolicyAcceptance.objects.create(
            policy_id=policy,
            person_id=person,
            sha256=sha256,
            address=address,
            accepted=clock.now(),
            ledger_sequence=sequence,
        )


def policy_digest(row: PolicyVersion) -> str:
    """SHA-256 of the canonical text of a version, in hex: what its ledger entry names."""
    text = canonical.dumps(
        {
            "type": "muniment/policy/v1",
            "organisation": row.organisation_id,
            "subject": row.subject,
            "number": row.number,
            "title": row.title,
            "text": row.text,
            "effective": row.effective.isoformat(),
            "review_due": row.review_due.isoformat() if row.review_due else "",
        }
    )
    return hashlib.sha256(text).hexdigest()


def _under_contract(person: str, policy: PolicyView) -> bool:
    running = Q(ends__isnull=True) | Q(ends__gte=clock.now().date())
    since = Contract.objects.filter(running, person_id=person, attested__gte=policy.published)
    return since.exclude(person__kind=Person.Kind.EMPLOYEE).exists()


def _newest(rows: Iterable[PolicyVersion]) -> tuple[PolicyVersion, ...]:
    return tuple({row.subject: row for row in rows}.values())


def _view(row: PolicyVersion, accepted: object) -> PolicyView:
    return PolicyView(
        id=row.pk,
        subject=row.subject,
        number=row.number,
        title=row.title,
        text=row.text,
        effective=row.effective,
        review_due=row.review_due,
        sha256=row.sha256,
        published=row.published,  # type: ignore[arg-type]  # only published rows come here
        must_accept=row.must_accept,
        accepted=accepted,  # type: ignore[arg-type]  # a moment, or None
    )
