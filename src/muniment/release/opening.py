"""Open a record under a grant: the decision point first, then the keeper, which writes before it decrypts."""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from datetime import timedelta

import msgspec
from django.db import transaction

from muniment.catalogue.calls import calls_of
from muniment.core import clock
from muniment.core.canonical import Json
from muniment.core.errors import NotAvailableError, RefusedError, WrongUseError
from muniment.governance import denials, entities, granting, held, statements, words
from muniment.governance.authorisation import AbsentError, Action, require
from muniment.governance.desk import Desk
from muniment.governance.models import Grant
from muniment.governance.purposes import purpose
from muniment.governance.statements import ToSign
from muniment.governance.views import GrantState, GrantView
from muniment.people.views import PersonView
from muniment.readers.calls import Call
from muniment.readers.mail import Mail, read_mail
from muniment.release import calls
from muniment.release.models import Reading
from muniment.release.views import Ended, MailPage
from muniment.vault.authority import statements as texts
from muniment.vault.authority.signing import SignedStatement

LONGEST_READING = timedelta(minutes=30)
CHUNK_BYTES = 1024 * 1024
LARGEST_READ_WHOLE = 256 * 1024 * 1024  # bytes of one mail that a page may bring into memory
_TOKEN_BYTES = 32
_ACTIONS = {
    "view": Action.VIEW, "listen": Action.LISTEN, "export": Action.EXPORT, "erase": Action.ERASE,
    "excise": Action.EXCISE, "compress": Action.COMPRESS}  # fmt: skip
_READING = frozenset({"view", "listen", "export"})


def prepare(actor: PersonView, grant: str, records: Sequence[str], action: str) -> ToSign:
    """What a holder is to sign before opening these records, at most fifty at a time."""
    row = granting.row_of(actor, grant)
    for record in records:
        require_allowed(actor, row, record, action)
    if not records:
        raise WrongUseError("Name at least one record.")
    statement = texts.build_opening(
        organisation=actor.organisation,
        warrant=row.warrant_hash,
        holder=actor.id,
        records=records,
        action=texts.Action(action),
    )
    return statements.opening(
        statement, purpose=purpose(row.request.purpose).name, case=row.request.case.title
    )


def read_record(
    desk: Desk,
    actor: PersonView,
    grant: str,
    record: str,
    assertion: SignedStatement,
    *,
    action: str = "view",
) -> MailPage:
    """Open a record and show it. A refusal, here or by the keeper, is written to the ledger and listed."""
    if action not in _READING:
        raise WrongUseError(f"A record cannot be opened to {action!r}.")
    with denials.written(desk, actor, action, f"{grant} {record}"[:80], _known(actor, record)):
        row = granting.row_of(actor, grant)
        require_allowed(actor, row, record, action)
        opened = desk.open(actor.organisation, row.warrant_hash, record, action, assertion)
    reading, token = begun(
        actor, row, record, action, session=opened.session, length=opened.length, statement=opened.statement
    )
    return _page(desk, actor, reading, token)


def begun(
    actor: PersonView,
    grant: Grant,
    record: str,
    action: str,
    *,
    session: bytes,
    length: int = 0,
    statement: bytes = b"",
) -> tuple[Reading, str]:
    """What is open from now on for the actor, and the token by which only they come back to it.

    `session` is the keeper's word for it; `record` may be a call that goes on.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    now = clock.now()
    with transaction.atomic():
        Reading.objects.filter(opened__lt=now - LONGEST_READING).delete()
        reading = Reading.objects.create(
            digest=digest_of(token),
            person_id=actor.id,
            grant=grant,
            record=record,
            action=action,
            session=session,
            length=length,
            statement=statement,
            opened=now,
        )
    return reading, token


def ask(desk: Desk, actor: PersonView, grant: str, record: str, action: str) -> ToSign:
    """What a holder is to sign to open one record; whoever may not is refused, written and listed."""
    with denials.written(desk, actor, action, f"{grant} {record}"[:80], _known(actor, record)):
        return prepare(actor, grant, [record], action)


def grant_for(desk: Desk, actor: PersonView, record: str) -> GrantView:
    """The live grant under which the actor may open a record; without one the attempt is written (REQ 052).

    The answer is the same for a record that does not exist.
    """
    for grant in granting.own(actor):
        if (
            grant.state is GrantState.LIVE
            and record in grant.records
            and {"view", "listen", "export"} & {*grant.actions}
        ):
            return grant
    with denials.written(desk, actor, "view", record[:80], _known(actor, record)):
        raise RefusedError(
            "You have no grant for this record.",
            why="Nobody opens a record without a reason that somebody entitled has approved.",
            remedy="If you need it for your work, ask for it in a new request.",
        )


def ended(actor: PersonView, token: str) -> Ended | None:
    """What an opening of the actor was of, whether or not it still lasts; None if it is not known."""
    reading = Reading.objects.filter(digest=digest_of(token), person_id=actor.id).first()
    return Ended(reading.grant_id, reading.record, reading.action) if reading else None


def read_again(desk: Desk, actor: PersonView, token: str) -> MailPage:
    """The same opened record once more, while its half hour lasts and its grant stands."""
    reading = reading_of(actor, token)
    require_open(desk, reading)
    return _page(desk, actor, reading, token)


def require_open(desk: Desk, reading: Reading) -> None:
    """AbsentError where the keeper has ended an opening, as it does when it is started anew."""
    if not reading.length:
        return
    try:
        desk.read(bytes(reading.session), 0, 1)
    except RefusedError as error:
        raise AbsentError(error.what, why=error.why, remedy=error.remedy) from error


def reading_of(actor: PersonView, token: str) -> Reading:
    """What the actor has open under this token; the decision point is asked again each time."""
    reading = (
        Reading.objects.select_related("grant__request__case", "grant__holder", "grant__revocation")
        .filter(digest=digest_of(token), person_id=actor.id, opened__gte=clock.now() - LONGEST_READING)
        .first()
    )
    if reading is None:
        raise AbsentError(
            "This record is not open any more.",
            why="An opening lasts half an hour, for the person who signed it.",
            remedy="Open the record again from your grant.",
        )
    require_allowed(actor, reading.grant, reading.record, reading.action)
    return reading


def require_allowed(actor: PersonView, grant: Grant, record: str, action: str) -> None:
    """RefusedError unless the decision point lets the actor do this to the record under the grant."""
    if action not in _ACTIONS:
        raise WrongUseError(f"A record cannot be opened to {action!r}.")
    require(entities.person(actor), _ACTIONS[action], granting.entity(grant), _context(grant, record))
    if action in {"listen", "excise", "compress"} and not calls_of(grant.organisation_id, [record]):
        raise RefusedError(
            "This record has no sound.",
            why="Only a call can be heard.",
            remedy="Open it to read it.",
        )


def whole(desk: Desk, reading: Reading) -> bytes:
    """The original bytes, in memory; NotAvailableError for a mail too large to show."""
    if reading.length > LARGEST_READ_WHOLE:
        raise NotAvailableError(
            "This record is too large to show on a page.", remedy="Take a copy under a grant that allows it."
        )
    return b"".join(chunks(desk, reading))


def chunks(desk: Desk, reading: Reading) -> Iterator[bytes]:
    """The original bytes from the keeper's memory, a piece at a time."""
    offset = 0
    while offset < reading.length:
        piece = desk.read(bytes(reading.session), offset, min(CHUNK_BYTES, reading.length - offset))
        if not piece:
            raise NotAvailableError("The keeper ended the opening early.", remedy="Open the record again.")
        offset += len(piece)
        yield piece


def _known(actor: PersonView, record: str) -> str:
    return record if held.facts(actor.organisation, [record]) else ""


def _context(grant: Grant, record: str) -> dict[str, Json]:
    known = held.facts(grant.organisation_id, [record]).get(record)
    return {
        "time": clock.seconds(),
        "listed": grant.records.filter(record=record).exists(),
        # A record that the catalogue does not know (yet) counts as marked: in doubt two must sign.
        "isPrivate": known.private if known else True,
        "held": known.held if known else False,
        "signers": len(texts.read(texts.Warrant, bytes(grant.warrant)).approvers),
    }


def _page(desk: Desk, actor: PersonView, reading: Reading, token: str) -> MailPage:
    statement = bytes(reading.statement)
    call = calls.opened(statement, reading.record, actor.organisation, lambda: whole(desk, reading))
    if (
        call is None and reading.action == "listen"
    ):  # whatever the catalogue says, the sealed statement counts
        raise RefusedError("This record has no sound.", remedy="Ask to read it in a new request.")
    mail = _line(call) if call is not None else read_mail(whole(desk, reading), statement)
    opened = reading.opened
    return MailPage(
        token=token,
        record=reading.record,
        action=reading.action,
        grant=granting.view(granting.row_of(actor, reading.grant_id)),
        mail=mail,
        call=call,
        captured=msgspec.json.decode(statement, type=dict[str, object]),
        opened=opened,
        until=opened + LONGEST_READING,
        watermark=f"{actor.name}, {words.when(int(opened.timestamp()))}",
        copies=reading.action == "export",
    )


def _line(call: Call) -> Mail:
    """The names that every opened record has: its sound is not brought into memory for them."""
    return Mail(subject=call.subject, date=call.date, defects=call.defects, unreadable=call.unreadable)


def digest_of(token: str) -> str:
    """What is kept of a token: whoever reads the database has none."""
    return hashlib.sha256(token.encode()).hexdigest()
