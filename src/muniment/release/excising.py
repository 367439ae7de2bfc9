"""Take stretches out of a recording for good: card data that nobody may keep, and that was found too late.

1. Somebody who may ask for an erasure and has the recording open marks the stretches and says why. It is a request
   of the class "erasure" for the one act "excise"; its signed text names the record and every stretch.
2. Two different persons sign, as for every erasure. From then on the stretches are silent for everybody
   (`withheld`), also where a hold forbids that anything goes.
3. The holder signs once more. The keeper opens the recording, the ledger first; the confined child hands over the
   same recording without the stretches; it is sealed with a capture statement that names what it stands for.
4. One commit of the keeper has the new record and the order to destroy the old one. A crash before it changes
   nothing: the holder does it again. A crash after it is finished by the keeper when it starts.
5. What was derived goes: open readings, notes, the catalogue's rows, the index. Redacted copies that do not cover
   all stretches are named on the certificate, for they are records of their own.
6. The certificate names the new record. Where a crash came before it, the worker writes it (`settle`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.db import transaction

from muniment.capture import statement as capture
from muniment.capture.batch import Keeping
from muniment.capture.statement import Replaced
from muniment.catalogue import records as catalogue
from muniment.catalogue.records import Sight
from muniment.core import clock
from muniment.core.errors import NotAvailableError, RefusedError, WrongUseError
from muniment.core.tags import EventTag
from muniment.governance import denials, drafts, erasing, fields, granting, held, locating, submission
from muniment.governance.authorisation import AbsentError, Action
from muniment.governance.desk import Desk
from muniment.governance.matrix import RequestClass
from muniment.governance.models import Grant, Request
from muniment.governance.precedence import Rule, may_excise
from muniment.governance.statements import ToSign
from muniment.governance.views import RequestView
from muniment.people import services as people
from muniment.people.views import PersonView
from muniment.readers.calls.known import read_statement
from muniment.release import disposal, opening, redacting
from muniment.release.calls import Opened
from muniment.release.models import Certificate, Excision, Reading, Redaction
from muniment.release.replacing import Replacement, Statement
from muniment.release.sound import excised_call, listening
from muniment.release.sound.messages import Covered, Excised, Task, Unreadable
from muniment.release.sound.wave import Wave
from muniment.release.views import CertificateView
from muniment.release.withheld import covers
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.messages import Erasure

PURPOSE: Final = "L4"
MAY_LAST: Final = timedelta(minutes=10)
"""Longer than taking out takes."""
MOST_SPANS: Final = 20
NOT_SAID: Final = ("when", "extension", "external_number", "parties")

OF_VCON: Final = (
    "It is a vCon: with them goes every analysis of this recording, every key that was pressed, and what was written"
    " within ten seconds of a stretch or at a time that nobody knows; a signature on it goes as well"
)

type Span = tuple[int, int, int]
"""From, to (ms since the sound began), channel or -1 for all."""


def words(record: str, spans: Sequence[Span], *, vcon: bool = False) -> str:
    """What a request says of the stretches; exactly this is signed, and is compared before anything is done.

    With those of a vCon goes what may say the same in another way.
    """
    told = "; ".join(
        f"{_clock(start)} to {_clock(end)}{'' if channel < 0 else f', channel {channel + 1}'}"
        for start, end, channel in spans
    )
    said = f"Card data, to be taken out of one recording: {record}. Stretches since its sound begins: {told}"
    return f"{said}. {OF_VCON}" if vcon else said


def require_excisable(desk: Desk, actor: PersonView, token: str) -> Reading:
    """The opened recording that the actor may ask about; RefusedError, written and listed, otherwise.

    A hold is no obstacle to asking: once it is decided nobody hears the stretches any more.
    """
    reading = listening.heard_reading(desk, actor, token)
    with denials.written(desk, actor, Action.EXCISE, reading.grant_id, reading.record):
        drafts.require_may_ask(actor, RequestClass.ERASURE)
        known = held.facts(actor.organisation, [reading.record]).get(reading.record)
        if known is None or known.erased:
            raise RefusedError("There is no such record, or it has been erased already.")
    said = read_statement(bytes(reading.statement))
    if said is None:
        raise WrongUseError("This record is no call.")
    return reading


def propose(
    desk: Desk, actor: PersonView, token: str, spans: Sequence[Covered], reason: str
) -> tuple[str, ToSign]:
    """The draft's id, and what is to be signed to ask that these stretches are taken out.

    It counts as about those colleagues who were in the call: none of them decides.
    """
    reading = require_excisable(desk, actor, token)
    given = fields.reason(reason, why="they may not be kept")
    marked = _marked(spans, listening.wave(desk, reading))
    nature = words(reading.record, marked, vcon=_is_vcon(reading))
    if len(nature) > fields.LONGEST_FIELD:
        raise WrongUseError("These are too many stretches for one request.")
    draft = drafts.begin(actor, RequestClass.ERASURE, case=reading.grant.request.case_id)
    drafts.change(
        actor,
        draft.id,
        purpose=PURPOSE,
        given={"reason": given, "nature": nature},
        not_known=NOT_SAID,
        about=_colleagues_in(actor, reading.record),
        actions=[Action.EXCISE],
    )
    Excision.objects.create(
        request=draft.id,
        organisation_id=actor.organisation,
        record=reading.record,
        spans=[list(one) for one in marked],
    )
    return draft.id, submission.prepare(actor, draft.id)


def submit(desk: Desk, actor: PersonView, token: str, draft: str, signed: SignedStatement) -> RequestView:
    """Ask for it while the recording is open: from now on it waits for two different persons."""
    reading = require_excisable(desk, actor, token)
    row = Excision.objects.filter(
        request=draft, organisation_id=actor.organisation, record=reading.record
    ).first()
    if row is None:
        raise AbsentError("You have no such draft.", remedy="Mark the stretches again.")
    made = submission.submit(desk, actor, draft, signed)
    return locating.choose(desk, actor, made.id, [row.record])


def certificate_of(desk: Desk, actor: PersonView, record: str) -> CertificateView | None:
    """The certificate of what was done, also where a crash came between; None where nothing was done yet."""
    settle(desk, record)
    try:
        return disposal.of_record(actor, record)
    except AbsentError:
        return None


def spans_of(actor: PersonView, grant: str, record: str) -> tuple[Span, ...]:
    """The stretches that a grant is for, as its request's signed text says; AbsentError for any other grant."""
    return _spans(_decided(granting.row_of(actor, grant), record))


def prepare(desk: Desk, actor: PersonView, grant: str, record: str) -> ToSign:
    """What the holder is to sign before the stretches are taken out; RefusedError while a hold stands."""
    row = granting.row_of(actor, grant)
    _decided(row, record)
    with denials.written(desk, actor, Action.EXCISE, f"{grant} {record}"[:80], record):
        _require_now(actor, row, record)
        return opening.prepare(actor, grant, [record], "excise")


def carry_out(
    desk: Desk, keeper: Keeping, actor: PersonView, grant: str, record: str, assertion: SignedStatement
) -> CertificateView:
    """Seal the recording without the stretches, destroy the other, and certify it. Errors leave all as it was."""
    row = granting.row_of(actor, grant)
    excision = _decided(row, record)
    if (done := certificate_of(desk, actor, record)) is not None:  # a crash came between: it is done already
        return done
    with denials.written(desk, actor, Action.EXCISE, f"{grant} {record}"[:80], record):
        _require_now(actor, row, record)
        opening.require_allowed(actor, row, record, "excise")
        opened = desk.open(actor.organisation, row.warrant_hash, record, "excise", assertion)
    Excision.objects.filter(pk=excision.pk).update(begun=clock.now())
    reading = Reading(
        digest=f"{excision.pk} {clock.seconds()}", person_id=actor.id, grant=row, record=record, action="excise",
        session=opened.session, length=opened.length, statement=opened.statement,
    )  # fmt: skip
    made = _without(desk, keeper, reading, excision)
    told = _statement(reading, excision)

    erased = made.complete(
        told, lambda batch: desk.replace(actor.organisation, row.warrant_hash, record, assertion, batch)
    )
    return _certify(excision, row, erased, made.record)


def settle(desk: Desk, record: str = "", *, before: datetime | None = None) -> int:
    """Write every certificate that a crash cut short; how many. The ledger says what was done.

    Of one `record`, or of those that were begun `before` a moment, so that none is met while it is done.
    """
    rows = Excision.objects.filter(begun__isnull=False, done__isnull=True)
    rows = rows.filter(record=record) if record else rows
    settled = 0
    for excision in rows.filter(begun__lt=before) if before else rows:
        try:
            erased = desk.erasure(excision.organisation_id, excision.record)
        except WrongUseError:
            continue  # nothing was done: its holder does it again
        replacement = replacement_of(desk, excision.organisation_id, excision.record, erased)
        grant = Grant.objects.select_related("request").filter(request_id=excision.pk).first()
        if replacement and grant is not None:
            _certify(excision, grant, erased, replacement)
            settled += 1
        else:  # another decision erased it whole
            Excision.objects.filter(pk=excision.pk).update(done=clock.now())
    return settled


def waiting() -> bool:
    """Whether one was begun and is not certified."""
    return Excision.objects.filter(begun__isnull=False, done__isnull=True).exists()


def replacement_of(desk: Desk, organisation: str, record: str, erased: Erasure) -> str:
    """The record that stands for an erased one, as the order in the ledger says; empty where none does."""
    order = desk.acts(organisation, erased.receipt.first - 1, 1)
    clear = msgspec.json.decode(order[0].clear, type=_Order) if order else _Order()
    fits = clear.tag == EventTag.RECORD_ERASED and clear.record == record
    return clear.replaced_by if fits else ""


class _Order(msgspec.Struct, frozen=True):
    tag: str = ""
    record: str = ""
    replaced_by: str = ""


def _decided(grant: Grant, record: str) -> Excision:
    """The excision that a grant is for, if its row says what was signed."""
    row = Excision.objects.filter(
        pk=grant.request_id, organisation_id=grant.organisation_id, record=record
    ).first()
    if row is None or "excise" not in grant.actions:
        raise AbsentError("This grant takes nothing out of this record.")
    signed = {words(record, _spans(row), vcon=vcon) for vcon in (False, True)}
    if Request.objects.get(pk=grant.request_id).nature not in signed:
        raise RefusedError(
            "The stretches are not those that were signed for.",
            why="The request's row and its signed text differ.",
            remedy="Do not rely on this copy of the database until the cause is known.",
        )
    return row


def _is_vcon(reading: Reading) -> bool:
    said = read_statement(bytes(reading.statement))
    return said is not None and said.form == "vcon"


def _marked(spans: Sequence[Covered], file: Wave) -> list[Span]:
    """Each stretch once, in order; WrongUseError where there are none, too many, or one of them is none."""
    if not 0 < len(spans) <= MOST_SPANS:
        raise WrongUseError(f"Mark from 1 to {MOST_SPANS} stretches.")
    found: set[Span] = set()
    for one in spans:
        within = redacting.cover(one.start, one.end, one.channel, "silence", file.length)
        if one.channel is not None and not 0 <= one.channel < file.channels:
            raise WrongUseError(f"The recording has no channel {one.channel}.", remedy="Count them from 0.")
        found.add((within.start, within.end, -1 if one.channel is None else one.channel))
    return sorted(found)


def _spans(row: Excision) -> tuple[Span, ...]:
    return tuple((int(start), int(end), int(channel)) for start, end, channel in row.spans)


def _require_now(actor: PersonView, grant: Grant, record: str) -> None:
    known = held.facts(actor.organisation, [record]).get(record)
    if known is None or known.erased:
        raise RefusedError("There is no such record, or it has been erased already.")
    ruling = may_excise(held=known.held, upheld="excise" in grant.actions)
    if not ruling.destroy:
        raise RefusedError(
            "Nothing is taken out now.",
            why=f"{ruling.words} (Row {ruling.rule} of the order of precedence.) "
            + " ".join(f"Held by {hold.id}: {hold.reason}" for hold in erasing.standing_holds(actor, record)),
            remedy="Two persons can release a hold when its reason is over; then do it again.",
        )


def _without(desk: Desk, keeper: Keeping, reading: Reading, excision: Excision) -> Replacement:
    """The recording without the stretches, as the child hands it over; NotAvailableError where it cannot."""
    said = read_statement(bytes(reading.statement))
    if said is None:
        raise WrongUseError("This record is no call.")
    source = Opened(desk, reading)
    task = Task(
        "excise", listening.form_of(said), source.size, said.origin, said.call,
        covers=covers(_spans(excision)), by=excision.pk,
    )  # fmt: skip
    begun: list[Replacement] = []

    def begin() -> Replacement:
        begun.append(Replacement(keeper, excision.organisation_id))
        return begun[-1]

    found = listening.children().do(reading.digest, task, source.read, lambda: begin().take)
    listening.children().forget(reading.digest)
    if isinstance(found, Excised):
        return begun[-1]
    why = found.why if isinstance(found, Unreadable) else "The decoder answered something else."
    raise NotAvailableError("Nothing was taken out.", why=why, remedy="The record is as it was.")


def _statement(reading: Reading, excision: Excision) -> Statement:
    """The new record's way in: the old one's, with what was left out, and what it stands for."""
    said = capture.decode(bytes(reading.statement))
    spans = _spans(excision)
    replaced = Replaced(reading.record, "excised", spans, excision.pk, reading.grant.warrant_hash)
    known = read_statement(bytes(reading.statement))
    if known is None:
        raise WrongUseError("This record is no call.")
    if known.form == "vcon" and known.call is None:  # it says so itself
        return lambda digest: msgspec.structs.replace(said, sha256=digest, replaces=replaced).encode()
    if known.form == "siprec":
        masks = excised_call.masked(covers(spans), known.facts, excision.pk)
    else:
        native = known.laid_out == "siprec"
        began = known.facts.started if native else known.facts.answered or known.facts.started
        masks = excised_call.masked(covers(spans), known.facts, excision.pk, began=began, margin=0)
    facts = excised_call.with_masks(msgspec.structs.replace(known.facts, defects=known.defects), masks)
    return lambda digest: msgspec.structs.replace(said, sha256=digest, call=facts, replaces=replaced).encode()


def _certify(excision: Excision, grant: Grant, erased: Erasure, replacement: str) -> CertificateView:
    spans = _spans(excision)
    with transaction.atomic():
        if (known := Certificate.objects.filter(record=excision.record).first()) is not None:
            return disposal.certificate(people.view(grant.holder_id), known.pk)  # somebody else settled it
        made = disposal.certify(
            grant, excision.record, erased, Rule.CARD_DATA,
            replacement=replacement, spans=spans, copies=_uncovered(excision.organisation_id, excision.record, spans),
        )  # fmt: skip
        Excision.objects.filter(pk=excision.pk).update(done=clock.now())
    return made


def _uncovered(organisation: str, record: str, spans: Sequence[Span]) -> list[str]:
    """The redacted copies of a record in which something of the stretches may be left."""
    rows = Redaction.objects.filter(organisation_id=organisation, original=record)
    return sorted(row.record for row in rows if not all(_is_covered(span, row.covers) for span in spans))


def _is_covered(span: Span, made: Sequence[Sequence[int | str]]) -> bool:
    start, end, channel = span
    return any(
        int(first) <= start and end <= int(last) and int(which) in {-1, channel}
        for first, last, which, _ in made
    )


def _colleagues_in(actor: PersonView, record: str) -> list[str]:
    found = catalogue.record(actor.organisation, record, Sight.METADATA)
    return sorted({party.person for party in found.parties if party.person}) if found else []


def _clock(milliseconds: int) -> str:
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes}:{rest / 1000:06.3f}"
