"""The timeline of a case: every act in it, oldest first, each with its place in the proof log."""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from muniment.catalogue import acts as catalogue
from muniment.core.tags import EventTag
from muniment.governance import cases, words
from muniment.governance.models import Case, Grant, Request
from muniment.people import services as people
from muniment.people.roles import Role
from muniment.people.views import PersonView

MOST_OPENINGS = 200
VERDICTS = {"approve": "approved the request", "part": "approved it in part", "refuse": "refused the request"}


class Moment(msgspec.Struct, frozen=True):
    """One act: when, who, what in words, the reason where one was given, its number in the proof log."""

    at: datetime
    who: str
    what: str
    reason: str
    sequence: int
    record: str = ""


def timeline(actor: PersonView, case: str) -> tuple[Moment, ...]:
    """What was done in a case that the actor may see. What was searched for only the Data Controller reads."""
    row = cases.case_row(actor, case)
    names = {person.id: person.name for person in people.persons(row.organisation_id)}
    sees_queries = Role.DATA_CONTROLLER in actor.roles
    found = [Moment(row.opened, row.opened_by.name, "opened the case", "", row.ledger_sequence)]
    for request in row.requests.select_related("requester", "choice__chosen_by", "grant__revocation"):
        found += _asked(request, sees_queries=sees_queries)
        found += _decided(request)
        if (grant := getattr(request, "grant", None)) is not None:
            found += _granted(grant, names)
    found += _closed(row)
    return tuple(sorted(found, key=lambda one: one.sequence))


def _asked(request: Request, *, sees_queries: bool) -> Iterable[Moment]:
    yield Moment(
        request.submitted,
        request.requester.name,
        "asked for records",
        request.reason,
        request.ledger_sequence,
    )
    for told in request.tellings.select_related("person"):
        yield Moment(told.told, told.person.name, "was told, as second person", "", told.ledger_sequence)
    for search in request.searches.select_related("made_by"):
        what = f"searched, and found {words.records(search.total)}"
        query = search.query if sees_queries else ""
        yield Moment(search.made, search.made_by.name, what, query, search.ledger_sequence)
    choice = getattr(request, "choice", None)
    if choice is not None:
        what = f"chose {words.records(len(choice.records))} and passed the request on"
        yield Moment(choice.chosen, choice.chosen_by.name, what, "", choice.ledger_sequence)


def _decided(request: Request) -> Iterable[Moment]:
    for one in request.consultations.select_related("person"):
        yield Moment(one.given, one.person.name, "gave a view", one.view, one.ledger_sequence)
    for decision in request.decisions.select_related("person"):
        yield Moment(
            decision.decided,
            decision.person.name,
            VERDICTS[decision.verdict],
            decision.reason,
            decision.ledger_sequence,
        )


DONE = {
    EventTag.MONITOR_STARTED: "listened to a call in progress",
    EventTag.RECORD_ERASED: "erased a record",
    EventTag.RECORD_OPENED: "opened a record",
}


def _granted(grant: Grant, names: dict[str, str]) -> Iterable[Moment]:
    until = words.when(int(grant.not_after.timestamp()))
    what = f"may {words.acts(tuple(grant.actions))} {words.things(grant.count, grant.request.lines)} until {until}"
    yield Moment(grant.not_before, grant.holder.name, what, "", grant.ledger_sequence)
    opened = catalogue.acts(
        grant.organisation_id,
        tags=[EventTag.RECORD_OPENED, EventTag.RECORD_ERASED, EventTag.MONITOR_STARTED],
        warrant=grant.warrant_hash,
        limit=MOST_OPENINGS,
    )
    for act in opened.acts:
        done = DONE[EventTag(act.tag)]
        at = datetime.fromtimestamp(act.time, UTC)
        yield Moment(at, names.get(act.actor, act.actor), done, "", act.sequence, act.record)
    ended = getattr(grant, "revocation", None)
    if ended is not None:
        yield Moment(
            ended.revoked, ended.revoked_by.name, "took the grant back", ended.reason, ended.ledger_sequence
        )


def _closed(row: Case) -> Iterable[Moment]:
    closure = getattr(row, "closure", None)
    if closure is not None:
        yield Moment(
            closure.closed,
            closure.closed_by.name,
            "closed the case",
            closure.outcome,
            closure.ledger_sequence,
        )
