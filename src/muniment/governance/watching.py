"""The proof log as those see it who watch: who did what, when, to which record.

Watchers see people and reasons; whoever runs the machine sees the same acts without either.
"""

import json
import re
from collections.abc import Iterator

import msgspec

from muniment.catalogue import acts as catalogue
from muniment.catalogue.acts import NEWEST, ActView, Among
from muniment.core import canonical
from muniment.core.errors import MunimentError, WrongUseError
from muniment.core.tags import EventTag
from muniment.governance import entities
from muniment.governance.authorisation import AbsentError, Action, authoriser, require
from muniment.governance.desk import Desk
from muniment.governance.models import Case, Grant, Hold, Request
from muniment.governance.views import ActLine, PersonName
from muniment.people import services as people
from muniment.people.views import PersonView
from muniment.vault.authority import signing
from muniment.vault.authority.register import Register
from muniment.vault.authority.signing import SignedStatement


class LogFilter(msgspec.Struct, frozen=True):
    """Which acts to list. `since` and `until` are seconds since 1970, both included."""

    tags: tuple[EventTag, ...] = ()
    record: str = ""
    case: str = ""
    since: int = 0
    until: int = NEWEST


class LogPage(msgspec.Struct, frozen=True):
    """Some acts, newest first. `people` says whether the reader may see who did them."""

    lines: tuple[ActLine, ...]
    cursor: str
    people: bool


class SignatureLine(msgspec.Struct, frozen=True):
    """One signature in an act: whose, over which exact text, and whether it holds now, or why not."""

    person: PersonName
    key: str
    statement: str
    holds: bool
    why: str


class ActDetail(msgspec.Struct, frozen=True):
    """One act with all that its entry says. `body` and `signatures` are empty where people are not shown."""

    line: ActLine
    clear: str
    body: str
    signatures: tuple[SignatureLine, ...]
    people: bool


_SEQUENCE = re.compile(r"[0-9]{1,18}")


def ledger(
    actor: PersonView, *, record: str = "", cursor: str = "", limit: int = 50
) -> tuple[tuple[ActLine, ...], str]:
    """Acts of the actor's organisation with their people, newest first, and the cursor of the next page.

    As far as the catalogue has followed the ledger; `muniment verify` reads the ledger itself.
    """
    require(entities.person(actor), Action.SEE_LEDGER, entities.organisation(actor.organisation))
    _require_place(cursor)
    found = catalogue.acts(actor.organisation, record=record, limit=limit, cursor=cursor)
    names = _names(actor)
    return tuple(_line(names, act) for act in found.acts), found.cursor


def sees_people(actor: PersonView) -> bool:
    """Whether the actor sees who did what, and why."""
    place = entities.organisation(actor.organisation)
    return authoriser().decide(entities.person(actor), Action.SEE_LEDGER, place, {}).allowed


def log(actor: PersonView, chosen: LogFilter, *, cursor: str = "", limit: int = 50) -> LogPage:
    """The acts that fit, as far as the actor may see them; RefusedError for whoever may see none."""
    require(entities.person(actor), Action.SEE_ACTS, entities.organisation(actor.organisation))
    _require_place(cursor)
    shown = sees_people(actor)
    found = catalogue.acts(
        actor.organisation,
        tags=chosen.tags,
        record=chosen.record,
        since=chosen.since,
        until=chosen.until,
        among=_acts_of_case(actor, chosen.case) if chosen.case else None,
        limit=limit,
        cursor=cursor,
    )
    names = _names(actor)
    lines = tuple(_line(names, act) if shown else _without_people(act) for act in found.acts)
    return LogPage(lines, found.cursor, shown)


def one(desk: Desk, actor: PersonView, sequence: int) -> ActDetail:
    """One act with the exact texts of its entry, each signature in it checked again."""
    require(entities.person(actor), Action.SEE_ACTS, entities.organisation(actor.organisation))
    act = catalogue.act(actor.organisation, sequence)
    if act is None:
        raise AbsentError(
            "There is no act at this place.",
            why="The place holds a record, or the catalogue has not followed the proof log so far.",
        )
    parts = json.loads(act.details)
    clear = canonical.dumps(parts["clear"]).decode()
    if not sees_people(actor):
        return ActDetail(_without_people(act), clear, "", (), people=False)
    names = _names(actor)
    register = Register({key.key: key for key in desk.registered(actor.organisation)})
    lines = tuple(_checked(names, register, signed) for signed in _signatures(parts["body"]))
    return ActDetail(_line(names, act), clear, canonical.dumps(parts["body"]).decode(), lines, people=True)


def _require_place(cursor: str) -> None:
    if cursor and not _SEQUENCE.fullmatch(cursor):
        raise WrongUseError("This cursor leads nowhere.", remedy="Begin without one.")


def _acts_of_case(actor: PersonView, case: str) -> Among:
    if (
        not sees_people(actor)
        or not Case.objects.filter(pk=case, organisation_id=actor.organisation).exists()
    ):
        return Among((), ())
    requests = Request.objects.filter(case_id=case)
    grants = Grant.objects.filter(request__case_id=case)
    rows = [
        Case.objects.filter(pk=case).values_list("ledger_sequence", "closure__ledger_sequence"),
        requests.values_list("ledger_sequence", "choice__ledger_sequence"),
        requests.values_list("decisions__ledger_sequence", "consultations__ledger_sequence"),
        Hold.objects.filter(case_id=case).values_list("ledger_sequence", "release__ledger_sequence"),
    ]
    sequences = {place for found in rows for pair in found for place in pair if place}
    warrants = {
        *grants.values_list("warrant_hash", flat=True),
        *(name for name in requests.values_list("locate_hash", flat=True) if name),
    }
    return Among(tuple(sorted(warrants)), tuple(sorted(sequences)))


def _signatures(value: object) -> Iterator[SignedStatement]:
    """Every signed statement in a body: as an object, or as text in our own JSON form."""
    if isinstance(value, dict) and {"statement", "signature", "key"} <= value.keys():
        try:
            yield msgspec.convert(value, SignedStatement)
        except msgspec.ValidationError:
            return
    elif isinstance(value, dict):
        for part in value.values():
            yield from _signatures(part)
    elif isinstance(value, list):
        for part in value:
            yield from _signatures(part)
    elif isinstance(value, str) and value.startswith('{"statement"'):
        try:
            yield signing.from_json(value)
        except MunimentError:
            return


def _checked(names: dict[str, str], register: Register, signed: SignedStatement) -> SignatureLine:
    holds, why = True, ""
    try:
        signing.verify(signed, register)
    except MunimentError as error:
        holds, why = False, str(error)
    return SignatureLine(
        PersonName(signed.person, names.get(signed.person, "")),
        signed.key,
        signed.statement.decode("utf-8", "replace"),
        holds,
        why,
    )


def _names(actor: PersonView) -> dict[str, str]:
    return {person.id: person.name for person in people.persons(actor.organisation)}


def _line(names: dict[str, str], act: ActView) -> ActLine:
    return ActLine(
        sequence=act.sequence,
        tag=act.tag,
        time=act.time,
        actor=PersonName(act.actor, names.get(act.actor, "")),
        record=act.record,
        warrant=act.warrant,
        rule=act.rule,
    )


def _without_people(act: ActView) -> ActLine:
    return ActLine(
        sequence=act.sequence,
        tag=act.tag,
        time=act.time,
        actor=PersonName("", ""),
        record="",
        warrant="",
        rule=act.rule,
    )
