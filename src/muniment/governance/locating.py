"""Find what a request is about, as metadata, and choose the records that a grant may name."""

from collections.abc import Callable, Sequence

from django.db import transaction

from muniment.catalogue import records as catalogue
from muniment.catalogue.calls import with_parts
from muniment.core import clock
from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import cases, denials, entities, held, notices, requests, rules, statements
from muniment.governance.authorisation import Action, require
from muniment.governance.desk import Desk, write
from muniment.governance.models import Choice, Located, Request, Search
from muniment.governance.purposes import purpose
from muniment.governance.statements import ToSign
from muniment.governance.views import RequestView
from muniment.people import services as people
from muniment.people.views import PersonView
from muniment.search.client import Librarian
from muniment.search.librarian.messages import Found
from muniment.vault.authority import statements as texts
from muniment.vault.authority.signing import SignedStatement

MOST_CHOSEN = 500
"""Records in one request: each is shown to an approver, and nobody reads a list of thousands."""


type Searcher = Callable[[str, SignedStatement], Found]
"""Searches under a locate warrant (its hash) with its holder's assertion; see `searcher`."""


def searcher(
    librarian: Librarian, actor: PersonView, query: str, *, cursor: str = "", limit: int = 50
) -> Searcher:
    """A search by the librarian, with `person:` resolved among the people of the organisation."""

    def search(warrant: str, assertion: SignedStatement) -> Found:
        return librarian.locate(
            actor.organisation,
            query,
            warrant=warrant,
            assertion=assertion,
            limit=limit,
            cursor=cursor,
            addresses_of=lambda name: catalogue.addresses_of(actor.organisation, name),
        )

    return search


def prepare(actor: PersonView, request: str) -> ToSign:
    """What the Data Controller is to sign before she searches; it is good for thirty minutes."""
    row = requests.row_of(actor, request)
    require(entities.person(actor), Action.LOCATE, requests.entity(row))
    statement = texts.build_opening(
        organisation=actor.organisation,
        warrant=row.locate_hash or "",
        holder=actor.id,
        records=[],
        action=texts.Action.LOCATE,
    )
    return statements.locating(
        statement, requester=people.view(row.requester_id).name, purpose=purpose(row.purpose).name
    )


def locate(
    search: Searcher, desk: Desk, actor: PersonView, request: str, query: str, assertion: SignedStatement
) -> Found:
    """Search for a request; what is found may then be chosen. A refusal is written to the ledger."""
    with denials.written(desk, actor, Action.LOCATE, request):
        row = requests.row_of(actor, request)
        require(entities.person(actor), Action.LOCATE, requests.entity(row))
        found = search(row.locate_hash or "", assertion)
    with transaction.atomic():
        if found.ledger_sequence >= 0:  # a next page of the same search has no entry of its own
            made = Search(
                request=row,
                made_by_id=actor.id,
                query=query,
                total=found.total,
                made=clock.now(),
                ledger_sequence=found.ledger_sequence,
            )
            made.ledger_digest = made.digest()
            made.save(force_insert=True)
        # A call is one thing, however many recordings it has: who may choose one of them may choose all.
        whole = with_parts(actor.organisation, found.ids)
        Located.objects.bulk_create(
            [Located(request=row, record=record) for record in whole], ignore_conflicts=True
        )
    return found


def choose(desk: Desk, actor: PersonView, request: str, records: Sequence[str]) -> RequestView:
    """Freeze the records of a request and pass it on to those who decide.

    Only records that a search in its case answered can be chosen, so that nobody names records
    from elsewhere; erased ones cannot.
    """
    row = requests.row_of(actor, request)
    require(entities.person(actor), Action.CHOOSE, requests.entity(row))
    cases.require_open(row.case)
    _check_choice(row, sorted(set(records)))
    chosen = sorted({*records, *_parts_found(row, records)})
    _check_choice(row, chosen)
    return _freeze(desk, actor, row, chosen)


def choose_by_rule(desk: Desk, actor: PersonView, request: str, records: Sequence[str]) -> RequestView:
    """Freeze the records that a rule of the organisation names, where a request is for nothing but that rule.

    No search answers them, and nobody reads anything of them by it: RefusedError for every other request.
    """
    row = requests.row_of(actor, request)
    require(entities.person(actor), Action.CHOOSE, requests.entity(row))
    cases.require_open(row.case)
    if tuple(row.actions) != (Action.COMPRESS,):
        raise RefusedError("Records of this request are found by a search.", remedy="Search for them.")
    chosen = sorted(set(records))
    _check_count(chosen)
    return _freeze(desk, actor, row, chosen)


def _freeze(desk: Desk, actor: PersonView, row: Request, chosen: list[str]) -> RequestView:
    known = held.facts(actor.organisation, chosen)
    if any(known[record].erased for record in chosen if record in known):
        raise RefusedError("A chosen record has been erased.", remedy="Leave it out.")
    private = [record for record in chosen if record in known and known[record].private]
    choice = Choice(request=row, chosen_by_id=actor.id, chosen=clock.now(), records=chosen, private=private)
    with transaction.atomic():
        write(desk, actor.organisation, choice)
        row = requests.row_of(actor, row.pk)
        rules.route_of(row, rules.row_of(row))  # nobody may decide: say so now, and choose nothing
        tell_deciders(row)
    return requests.view(row)


def _parts_found(row: Request, records: Sequence[str]) -> list[str]:
    """Other recordings of the calls that were chosen, as far as the search answered them too."""
    parts = with_parts(row.organisation_id, sorted(set(records)))
    found = Located.objects.filter(request__case=row.case_id, record__in=parts)
    return list(found.values_list("record", flat=True))


def _check_count(chosen: list[str]) -> None:
    if not chosen:
        raise WrongUseError("No record was chosen.", remedy="Choose at least one of those found.")
    if len(chosen) > MOST_CHOSEN:
        raise WrongUseError(
            f"{len(chosen)} records are too many for one request.",
            remedy=f"Choose at most {MOST_CHOSEN}; make a second request for the others.",
        )


def _check_choice(row: Request, chosen: list[str]) -> None:
    _check_count(chosen)
    found = set(Located.objects.filter(request__case=row.case_id).values_list("record", flat=True))
    if not found.issuperset(chosen):
        raise RefusedError(
            "A chosen record was not found for this request.",
            why="Only what a search in this case answered can be chosen.",
            remedy="Search again and choose from what is found.",
        )


def tell_deciders(row: Request) -> None:
    """Put a notice in the outbox of everybody who may decide a request now."""
    for person in sorted(requests.waits_for(row)):
        notices.tell(
            person,
            "A request waits for your decision",
            "Somebody asks for access, and the policy names you to decide.",
            f"/requests/{row.pk}",
        )
