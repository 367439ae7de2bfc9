"""Keep old recordings as Opus instead of their native sound, where two persons decided so for a rule.

1. The rule names recordings (`native`). The Data Controller asks for them in one request of the class "erasure" for
   the one act "compress"; its signed text names the rule, the codec and the list.
2. Two different persons sign, as for every erasure.
3. The holder signs for so many of them as one opening may name; the worker carries it out, a recording at a time, and
   stops after one where it is asked to.
4. Each is opened by the keeper, the ledger first; the confined child encodes it and holds the outcome against it.
   What it cannot vouch for stays native, by name.
5. One commit of the keeper has the new record and the order to destroy the old one. A crash before it changes
   nothing; after it the certificate is written from the ledger and from what the row kept (`settle`).
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

import msgspec
import structlog
from django.db import transaction
from django.db.models import Q, QuerySet

from muniment.capture import statement as capture
from muniment.capture.batch import Keeping
from muniment.capture.statement import KeptAs, Replaced
from muniment.core import clock
from muniment.core.errors import MunimentError, RefusedError, WrongUseError
from muniment.governance import denials, drafts, fields, granting, held, locating, submission
from muniment.governance.authorisation import AbsentError, Action
from muniment.governance.desk import Desk
from muniment.governance.matrix import RequestClass
from muniment.governance.models import Grant, Request
from muniment.governance.precedence import Rule, may_compress
from muniment.governance.statements import ToSign
from muniment.governance.views import RequestView
from muniment.people import services as people
from muniment.people.views import PersonView
from muniment.readers.calls.known import read_statement
from muniment.release import calls, disposal, excising, native, opening
from muniment.release.calls import Opened
from muniment.release.models import Certificate, Conversion, ConversionOrder, Reading
from muniment.release.native import Stayed
from muniment.release.replacing import Replacement
from muniment.release.sound import listening
from muniment.release.sound.messages import Compressed, Task, Unreadable
from muniment.release.withheld import require_nothing_withheld
from muniment.vault.authority import signing
from muniment.vault.authority import statements as texts
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.messages import Erasure

PURPOSE: Final = "L5"
ACT: Final = "compress"
AS: Final = "Opus in Ogg, about 32 kbit/s for two channels and half as much for one"
DIED: Final = timedelta(minutes=10)
"""An order whose worker said nothing for so long has lost it; also longer than one recording takes."""
NOT_SAID: Final = ("when", "extension", "external_number", "parties")
_log = structlog.get_logger(__name__)


class Progress(msgspec.Struct, frozen=True):
    """How far a grant is: recordings in all, done, and those that stay native or had to wait, each with its reason.

    `size` and `native_size` are octets of those that are done. `running` is whether the worker is at it or about to be.
    """

    total: int
    done: int
    size: int
    native_size: int
    stayed: tuple[Stayed, ...]
    waited: tuple[Stayed, ...]
    running: bool

    @property
    def waiting(self) -> int:
        """Those of which something can still come."""
        return self.total - self.done - len(self.stayed)


def words(days: int, records: Sequence[str]) -> str:
    """What a request says; exactly this is signed, and is compared before anything is done."""
    listed = hashlib.sha256("\n".join(sorted(records)).encode()).hexdigest()
    return (
        f"Native sound is kept for {days} days, then as {AS}. {len(records)} recordings that are older; "
        f"SHA-256 of their sorted list, a line each: {listed}"
    )


def propose(actor: PersonView, rules: Mapping[str, int], reason: str) -> tuple[str, ToSign]:
    """The draft's id, and what is to be signed to ask that what is due is kept as Opus.

    It is about no colleague: a rule names recordings by their age, whoever is in them.
    """
    given = fields.reason(reason, why="they need not be kept as they are")
    found = native.due(actor, rules)
    if not found.records:
        raise WrongUseError("Nothing is due now.", remedy="Come back when the rule names a recording.")
    draft = drafts.begin(actor, RequestClass.ERASURE)
    drafts.change(
        actor,
        draft.id,
        purpose=PURPOSE,
        given={"reason": given, "nature": words(found.days, found.records)},
        not_known=NOT_SAID,
        actions=[Action.COMPRESS],
    )
    Conversion.objects.bulk_create(
        [
            Conversion(request=draft.id, organisation_id=actor.organisation, record=one)
            for one in found.records
        ]
    )
    return draft.id, submission.prepare(actor, draft.id)


def submit(desk: Desk, actor: PersonView, draft: str, signed: SignedStatement) -> RequestView:
    """Ask for it: from now on it waits for two different persons."""
    records = list(_rows(actor.organisation, draft).values_list("record", flat=True))
    if not records:
        raise AbsentError("You have no such draft.", remedy="Ask again from the page of old recordings.")
    made = submission.submit(desk, actor, draft, signed)
    return locating.choose_by_rule(desk, actor, made.id, records)


def progress(actor: PersonView, grant: str) -> Progress:
    """How far a grant is; AbsentError for one that keeps nothing as Opus, or that is not the actor's to see."""
    row = _granted(actor, grant)
    rows = list(_of_grant(row))
    done = [one for one in rows if one.done]
    return Progress(
        total=len(rows),
        done=len(done),
        size=sum(int(one.kept.get("size", 0)) for one in done),
        native_size=sum(int(one.kept.get("native_size", 0)) for one in done),
        stayed=tuple(Stayed(one.record, one.left) for one in rows if one.left),
        waited=tuple(
            Stayed(one.record, one.why) for one in rows if one.why and not one.left and not one.done
        ),
        running=_under_way(row.request_id),
    )


def prepare(desk: Desk, actor: PersonView, grant: str) -> ToSign | None:
    """What the holder is to sign for the next recordings; None where nothing is left that can be done now."""
    row = _granted(actor, grant)
    if _under_way(row.request_id):
        return None
    with denials.written(desk, actor, Action.COMPRESS, grant[:80]):
        settle(desk, _of_grant(row))
        waiting = list(_of_grant(row).filter(done=None, left="").values_list("record", flat=True))
        known = held.facts(actor.organisation, waiting)
        free = [one for one in waiting if one in known and not known[one].held and not known[one].erased]
        if not free:
            return None
        return opening.prepare(actor, grant, free[: texts.MOST_RECORDS_IN_ASSERTION], ACT)


def order(desk: Desk, actor: PersonView, grant: str, signed: SignedStatement) -> None:
    """Have the worker carry out what the holder signed for. RefusedError while an order is being carried out."""
    row = _granted(actor, grant)
    with denials.written(desk, actor, Action.COMPRESS, grant[:80]):
        said = texts.read(texts.OpeningAssertion, signed.statement)
        if (said.warrant, said.holder, said.action) != (row.warrant_hash, actor.id, texts.Action.COMPRESS):
            raise RefusedError("What was signed is for something else.")
        for record in said.records:
            opening.require_allowed(actor, row, record, ACT)
    if _under_way(row.request_id):
        raise RefusedError("It is being carried out.", remedy="Wait until it has ended, or stop it.")
    ConversionOrder.objects.update_or_create(
        pk=row.request_id,
        defaults={
            "organisation_id": row.organisation_id, "grant": row, "signed": signing.to_json(signed),
            "asked": clock.now(), "seen": None, "stopped": False, "ended": None,
        },
    )  # fmt: skip


def stop(actor: PersonView, grant: str) -> None:
    """Stop after the recording at hand; the holder goes on by another signature."""
    row = _granted(actor, grant)
    if row.holder_id != actor.id:
        raise RefusedError("Only the holder of the grant stops it; others take the grant back.")
    ConversionOrder.objects.filter(pk=row.request_id, ended=None).update(stopped=True)


def waiting() -> bool:
    """Whether an order waits for a worker, or a crash left something to be certified."""
    return _claimable().exists() or _uncertified().exists()


def run_waiting(desk: Desk, keeper: Keeping) -> int:
    """Carry out every order that waits; how many recordings are Opus now. What goes wrong is said in its row."""
    settle(desk, _uncertified())
    made = 0
    while (row := _claimable().order_by("asked").first()) is not None:
        if _claimable().filter(pk=row.pk, asked=row.asked).update(seen=clock.now()):
            made += _run(desk, keeper, row)
    return made


def settle(desk: Desk, rows: QuerySet[Conversion]) -> int:
    """Write every certificate of `rows` that a crash cut short; how many. The ledger says what was done."""
    settled = 0
    for row in rows.filter(begun__isnull=False, done=None, left=""):
        try:
            erased = desk.erasure(row.organisation_id, row.record)
        except WrongUseError:
            continue  # nothing was done
        stands = excising.replacement_of(desk, row.organisation_id, row.record, erased)
        grant = Grant.objects.select_related("request").filter(request_id=row.request).first()
        if grant is not None and stands and stands == row.kept.get("record"):
            _certify(row, grant, erased)
            settled += 1
        else:
            Conversion.objects.filter(pk=row.pk).update(left="Another decision ended it.")
    return settled


def _run(desk: Desk, keeper: Keeping, row: ConversionOrder) -> int:
    signed = signing.from_json(bytes(row.signed))
    grant = Grant.objects.get(pk=row.grant_id)
    actor, made = people.view(grant.holder_id), 0
    for record in texts.read(texts.OpeningAssertion, signed.statement).records:
        if not ConversionOrder.objects.filter(pk=row.pk, asked=row.asked, stopped=False).update(
            seen=clock.now()
        ):
            break
        conversion = _of_grant(grant).filter(record=record, done=None, left="").first()
        if conversion is None:
            continue
        try:
            made += _convert(desk, keeper, actor, grant, conversion, signed)
        except MunimentError as error:
            _log.warning("not kept as opus", request=row.pk, error=type(error).__name__)
            Conversion.objects.filter(pk=conversion.pk).update(why=f"{error.what} {error.why}".strip())
    ConversionOrder.objects.filter(pk=row.pk, asked=row.asked).update(ended=clock.now())
    return made


def _convert(
    desk: Desk, keeper: Keeping, actor: PersonView, grant: Grant, row: Conversion, signed: SignedStatement
) -> bool:
    """Whether a recording is Opus now; it stays native where the child says so. Errors leave all as it was."""
    record = row.record
    with denials.written(desk, actor, Action.COMPRESS, f"{grant.pk} {record}"[:80], record):
        _require_now(actor, grant, record)
        opening.require_allowed(actor, grant, record, ACT)
        opened = desk.open(actor.organisation, grant.warrant_hash, record, ACT, signed)
    Conversion.objects.filter(pk=row.pk).update(begun=clock.now(), why="")
    reading = Reading(
        digest=f"compress {row.pk} {clock.seconds()}", person_id=actor.id, grant=grant, record=record, action=ACT,
        session=opened.session, length=opened.length, statement=opened.statement,
    )  # fmt: skip
    found, made = _encoded(desk, keeper, reading)
    if made is None or not isinstance(found, Compressed):
        why = found.why if isinstance(found, Unreadable) else "The decoder answered something else."
        Conversion.objects.filter(pk=row.pk).update(left=why)
        return False
    kept = _kept(reading, found)
    row.kept = {**msgspec.to_builtins(kept), "record": made.record}
    row.save(update_fields=["kept"])
    erased = made.complete(
        _statement(reading, row.request, kept),
        lambda batch: desk.replace(actor.organisation, grant.warrant_hash, record, signed, batch),
    )
    _certify(row, grant, erased)
    return True


def _encoded(desk: Desk, keeper: Keeping, reading: Reading) -> tuple[object, Replacement | None]:
    said = read_statement(bytes(reading.statement))
    if said is None:
        return Unreadable("It is no call."), None
    if reading.length == 0:
        return Unreadable("There is no sound in it."), None
    source, begun = Opened(desk, reading), list[Replacement]()

    def begin() -> Callable[[bytes], None]:
        begun.append(Replacement(keeper, reading.grant.organisation_id))
        return begun[-1].take

    task = Task(ACT, listening.form_of(said), source.size, said.origin, said.call)
    try:
        found = listening.children().do(reading.digest, task, source.read, begin)
    finally:
        listening.children().forget(reading.digest)
    return found, begun[-1] if begun else None


def _kept(reading: Reading, found: Compressed) -> KeptAs:
    said = capture.decode(bytes(reading.statement))
    return KeptAs(
        codec="opus", bitrate=found.size * 8000 // max(found.length, 1), channels=found.channels, rate=found.rate,
        sha256=said.sha256, form=said.form, origin=said.origin, size=found.size, native_size=reading.length,
        length=found.length, native_length=found.native_length,
    )  # fmt: skip


def _statement(reading: Reading, request: str, kept: KeptAs) -> Callable[[str], bytes]:
    """The new record's way in: the old one's, with the form of its sound, and what it stands for."""
    said, known = capture.decode(bytes(reading.statement)), read_statement(bytes(reading.statement))
    if known is None:
        raise WrongUseError("This record is no call.")
    facts = calls.with_heard(known.facts, reading.grant.organisation_id, reading.record)
    facts = msgspec.structs.replace(facts, defects=tuple(dict.fromkeys((*facts.defects, *known.defects))))
    replaced = Replaced(reading.record, "compressed", (), request, reading.grant.warrant_hash, kept)
    name = f"{said.origin.rpartition('.')[0] or said.origin or facts.id}.opus"
    return lambda digest: msgspec.structs.replace(
        said, sha256=digest, call=facts, form="audio", origin=name, replaces=replaced
    ).encode()


def _certify(row: Conversion, grant: Grant, erased: Erasure) -> None:
    with transaction.atomic():
        if not Certificate.objects.filter(record=row.record).exists():
            kept = msgspec.convert(row.kept, KeptAs)
            disposal.certify(
                grant, row.record, erased, Rule.TIME_OVER, replacement=str(row.kept["record"]), kept=kept
            )
        Conversion.objects.filter(pk=row.pk).update(done=clock.now(), why="")


def _require_now(actor: PersonView, grant: Grant, record: str) -> None:
    known = held.facts(actor.organisation, [record]).get(record)
    if known is None or known.erased:
        raise RefusedError("There is no such record, or it has been erased already.")
    ruling = may_compress(held=known.held, upheld=ACT in grant.actions)
    if not ruling.destroy:
        raise RefusedError(
            "It stays native now.",
            why=f"{ruling.words} (Row {ruling.rule} of the order of precedence.)",
            remedy="Two persons can release a hold when its reason is over.",
        )
    require_nothing_withheld(actor.organisation, record)


def _granted(actor: PersonView, grant: str) -> Grant:
    """The row of a grant to keep recordings as Opus, if its request's signed text names what its rows name."""
    row = granting.row_of(actor, grant)
    listed = list(_rows(row.organisation_id, row.request_id).values_list("record", flat=True))
    if ACT not in row.actions or not listed:
        raise AbsentError("This grant keeps nothing in another form.")
    said = Request.objects.get(pk=row.request_id).nature or ""
    days = said.removeprefix("Native sound is kept for ").partition(" ")[0]
    if not days.isdigit() or said != words(int(days), listed):
        raise RefusedError(
            "The recordings are not those that were signed for.",
            why="The request's rows and its signed text differ.",
            remedy="Do not rely on this copy of the database until the cause is known.",
        )
    return row


def _rows(organisation: str, request: str) -> QuerySet[Conversion]:
    return Conversion.objects.filter(request=request, organisation_id=organisation).order_by("pk")


def _of_grant(grant: Grant) -> QuerySet[Conversion]:
    """Those that were approved: who decides may leave some out."""
    return _rows(grant.organisation_id, grant.request_id).filter(record__in=grant.records.values("record"))


def _claimable() -> QuerySet[ConversionOrder]:
    lost = Q(seen=None) | Q(seen__lt=clock.now() - DIED)
    return ConversionOrder.objects.filter(lost, ended=None)


def _under_way(request: str) -> bool:
    return ConversionOrder.objects.filter(pk=request, ended=None).exists()


def _uncertified() -> QuerySet[Conversion]:
    return Conversion.objects.filter(begun__lt=clock.now() - DIED, done=None, left="")
