"""Destroy one record for good: two persons' grant, no hold, order first, key destroyed, certificate.

1. The order of precedence is asked: a hold forbids it, whatever was decided.
2. The decision point is asked; the keeper then asks both again, by itself.
3. The keeper writes the order and destroys the key: from then on nothing can open the record.
4. What was derived goes: open readings, the catalogue's metadata, the index (by the worker, which
   follows the ledger; `removed_from_index` says whether it has).
5. The certificate names the rule, the signers and the day on which the last copy of the key is gone.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

import msgspec
from django.db import transaction
from django.db.models import Q

from muniment.capture.statement import KeptAs
from muniment.catalogue import intake
from muniment.core.errors import RefusedError
from muniment.governance import denials, erasing, granting, held, notices
from muniment.governance.authorisation import AbsentError, Action
from muniment.governance.desk import Desk, keep
from muniment.governance.models import Grant
from muniment.governance.precedence import Rule, may_destroy
from muniment.governance.views import PersonName
from muniment.people import services as people
from muniment.people.views import PersonView
from muniment.release import opening
from muniment.release.models import BACKUP, Certificate, Note, Reading
from muniment.release.views import CertificateView
from muniment.search.client import Librarian
from muniment.vault.authority import statements as texts
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.messages import Erasure

REMOVED_FROM = ("catalogue", "open readings", "notes")

CAVEAT = (
    "Copies made outside Muniment, such as a snapshot of the machine, are not covered: whoever keeps one "
    "from before could read the record with the passphrase of that day."
)

COVERED = (
    "Copies made outside Muniment, such as a snapshot of the machine, are covered too: none opens without a key "
    "that the key service destroys by that day, as far as those who run it keep no copy of it."
)

RULE_WORDS = {
    Rule.CARD_DATA: "Two different persons decided that stretches of it may not be kept, and no hold stood (row 0 of "
    "the order of precedence; PCI DSS, requirement 3.3.1). Everything else of it is kept as another record.",
    Rule.TIME_OVER: "The time for which native sound is kept is over, two different persons decided that it is kept as "
    "Opus, and no hold stood (row 5 of the order of precedence). What is lost: the exact samples, and each packet as it "
    "came, with its times and numbers.",
    Rule.ERASURE_UPHELD: "Two different persons decided to erase it, and no hold stood (row 4 of the order "
    "of precedence; UK GDPR, Article 17).",
}


def erase(
    desk: Desk, actor: PersonView, grant: str, record: str, assertion: SignedStatement
) -> CertificateView:
    """Destroy a record under a grant to erase it, and certify it. Refusals are written and listed."""
    known = held.facts(actor.organisation, [record]).get(record)
    with denials.written(desk, actor, Action.ERASE, f"{grant} {record}"[:80], record if known else ""):
        row = granting.row_of(actor, grant)
        if known is None:
            raise RefusedError("There is no such record in your organisation.")
        ruling = may_destroy(held=known.held, upheld="erase" in row.actions)
        if not ruling.destroy:
            raise RefusedError(
                "The record is not erased.",
                why=f"{ruling.words} (Row {ruling.rule} of the order of precedence.) "
                + " ".join(
                    f"Held by {hold.id}: {hold.reason}" for hold in erasing.standing_holds(actor, record)
                ),
                remedy="Two persons can release a hold when its reason is over; then erase again.",
            )
        opening.require_allowed(actor, row, record, "erase")
        erased = desk.erase(actor.organisation, row.warrant_hash, record, assertion)
    return certify(row, record, erased, ruling.rule)


def certify(
    grant: Grant,
    record: str,
    erased: Erasure,
    rule: Rule,
    *,
    replacement: str = "",
    spans: Sequence[tuple[int, int, int]] = (),
    copies: Sequence[str] = (),
    kept: KeptAs | None = None,
) -> CertificateView:
    """Take out what was derived of a record that the keeper destroyed for the grant's holder, and certify it.

    `replacement` is the record that stands for it, `spans` what that is without, `copies` what may still hold some
    of it. Where the sound itself is `kept` in another form notes go on with it, and nobody is told of each recording.
    """
    with transaction.atomic():
        intake.erase(grant.organisation_id, record, erased.receipt.time)
        Reading.objects.filter(record=record).delete()
        notes = Note.objects.filter(record=record)
        if kept:
            notes.update(record=replacement)
        else:
            notes.delete()
        certificate = Certificate(
            organisation_id=grant.organisation_id,
            grant=grant,
            record=record,
            rule=rule,
            signers=list(texts.read(texts.Warrant, bytes(grant.warrant)).approvers),
            destroyed_by_id=grant.holder_id,
            destroyed=_at(erased.receipt.time),
            final=_at(erased.final),
            covered=erased.covered,
            removed_from=[
                *(REMOVED_FROM[:2] if kept else REMOVED_FROM),
                *(BACKUP + place for place in erased.backups),
            ],
            replacement=replacement,
            spans=[list(one) for one in spans],
            copies=list(copies),
            kept=msgspec.to_builtins(kept) if kept else {},
        )
        keep(certificate, erased.receipt)
        for signer in () if kept else certificate.signers:
            notices.tell(
                signer,
                "Stretches were taken out as you decided"
                if replacement
                else "A record was erased that you decided about",
                "The certificate says by which rule, and when the erasure is final.",
                f"/certificates/{certificate.pk}",
            )
    return _view(certificate)


def certificate(actor: PersonView, identifier: str) -> CertificateView:
    """A certificate; for those who signed, the holder of the grant and the Data Controller."""
    row = Certificate.objects.filter(pk=identifier, organisation_id=actor.organisation).first()
    if row is None:
        raise AbsentError("There is no such certificate, or you are not part of it.")
    granting.row_of(actor, row.grant_id)
    return _view(row)


def of_record(actor: PersonView, record: str) -> CertificateView:
    """The certificate of a record that was destroyed; for whom `certificate` is."""
    row = Certificate.objects.filter(record=record, organisation_id=actor.organisation).first()
    if row is None:
        raise AbsentError("There is no such certificate, or you are not part of it.")
    return certificate(actor, row.pk)


def replacements(organisation: str, records: Sequence[str]) -> dict[str, str]:
    """By records that were destroyed, those that stand for them now."""
    rows = Certificate.objects.filter(organisation_id=organisation, record__in=records).exclude(
        replacement=""
    )
    return {row.record: row.replacement for row in rows}


def kept_as_opus(organisation: str, records: Sequence[str]) -> dict[str, datetime]:
    """By records, old ones and those that stand for them: since when the sound is kept as Opus."""
    rows = Certificate.objects.filter(organisation_id=organisation).exclude(kept={})
    found: dict[str, datetime] = {}
    for row in rows.filter(Q(record__in=records) | Q(replacement__in=records)):
        found |= {row.record: row.destroyed, row.replacement: row.destroyed}
    return found


def listed(actor: PersonView) -> tuple[CertificateView, ...]:
    """The certificates that the actor may read, newest first."""
    rows = Certificate.objects.filter(organisation_id=actor.organisation)
    found = []
    for row in rows:
        with suppress(AbsentError):
            found.append(certificate(actor, row.pk))
    return tuple(found)


def removed_from_index(librarian: Librarian, actor: PersonView, certified: CertificateView) -> bool:
    """Whether the text index has followed the ledger beyond the erasure, which removes every term of it."""
    return librarian.state(actor.organisation).watermark >= certified.ledger_sequence


def _view(row: Certificate) -> CertificateView:
    return CertificateView(
        id=row.pk,
        record=row.record,
        rule=row.rule,
        rule_words=RULE_WORDS.get(Rule(row.rule), ""),
        signers=tuple(PersonName(person, people.view(person).name) for person in row.signers),
        destroyed_by=PersonName(row.destroyed_by_id, people.view(row.destroyed_by_id).name),
        destroyed=row.destroyed,
        final=row.final,
        removed_from=tuple(place for place in row.removed_from if not place.startswith(BACKUP)),
        backups=tuple(row.backups),
        caveat=COVERED if row.covered else CAVEAT,
        ledger_sequence=row.ledger_sequence,
        replacement=row.replacement,
        spans=tuple((start, end, channel) for start, end, channel in row.spans),
        copies=tuple(row.copies),
        kept=msgspec.convert(row.kept, KeptAs) if row.kept else None,
    )


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
