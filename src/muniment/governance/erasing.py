"""Propose the erasure of one record from a case in which it was found: ground, reason, two signatures.

It is a request of the class “erasure” like any other. What is particular: it names one record, which a
search in the same case has answered before, so that nobody names records from elsewhere.
"""

from muniment.catalogue import records as catalogue
from muniment.catalogue.records import Sight
from muniment.core.errors import RefusedError
from muniment.governance import cases, denials, drafts, held, holds, locating, submission
from muniment.governance.authorisation import Action
from muniment.governance.desk import Desk
from muniment.governance.matrix import RequestClass
from muniment.governance.models import Located
from muniment.governance.statements import ToSign
from muniment.governance.views import CaseView, HoldView, RequestView
from muniment.people.views import PersonView
from muniment.vault.authority.signing import SignedStatement

GROUNDS: dict[str, str] = {
    "not-needed": "It is no longer needed for why it was kept (UK GDPR, Article 17(1)(a))",
    "consent": "Consent was taken back, and nothing else allows keeping it (Article 17(1)(b))",
    "objection": "The person objected, and nothing outweighs that (Article 17(1)(c))",
    "unlawful": "It should never have been kept (Article 17(1)(d))",
    "law": "Another law says that it must be erased (Article 17(1)(e))",
}
"""The grounds of Article 17(1) that fit an organisation's mail, in the words of a page."""

PURPOSE = "L2"
NAMING_PARTIES = frozenset({"from", "sender", "to"})
NOT_SAID = ("when", "extension", "external_number", "parties")


def cases_of(actor: PersonView, record: str) -> tuple[CaseView, ...]:
    """The open cases in which a search has answered this record and that the actor may see."""
    found = set(
        Located.objects.filter(record=record, request__organisation_id=actor.organisation).values_list(
            "request__case_id", flat=True
        )
    )
    return tuple(case for case in cases.seen_by(actor) if case.id in found and case.closed is None)


def require_erasable(desk: Desk, actor: PersonView, record: str) -> None:
    """RefusedError, written and listed, unless the record is there and no hold forbids its destruction."""
    known = held.facts(actor.organisation, [record]).get(record)
    with denials.written(desk, actor, Action.ERASE, record, record if known else ""):
        drafts.require_may_ask(actor, RequestClass.ERASURE)
        if known is None or known.erased:
            raise RefusedError("There is no such record, or it has been erased already.")
        if standing := standing_holds(actor, record):
            raise RefusedError(
                "The record cannot be erased now.",
                why="; ".join(f"{hold.placed_by.name} placed {hold.id}: {hold.reason}" for hold in standing),
                remedy="When the reason of the hold is over, two persons can release it.",
            )


def standing_holds(actor: PersonView, record: str) -> tuple[HoldView, ...]:
    """The holds on a record that have not been released."""
    return tuple(hold for hold in holds.listed(actor, record=record) if hold.released is None)


def propose(
    desk: Desk,
    actor: PersonView,
    record: str,
    *,
    case: str,
    ground: str,
    reason: str,
) -> tuple[str, ToSign]:
    """The draft's id, and what the Data Controller is to sign to ask for the erasure.

    It counts as about those colleagues who wrote the record or to whom it was written: none of them
    decides whether it goes.
    """
    require_erasable(desk, actor, record)
    if ground not in GROUNDS:
        raise RefusedError("Choose a ground.", why="Only a ground of Article 17(1) allows an erasure.")
    if case not in {one.id for one in cases_of(actor, record)}:
        raise RefusedError("The record was not found in this case.", remedy="Choose a case in which it was.")
    draft = drafts.begin(actor, RequestClass.ERASURE, case=case)
    drafts.change(
        actor,
        draft.id,
        purpose=PURPOSE,
        given={"reason": reason.strip(), "nature": f"{GROUNDS[ground]}. One record: {record}"},
        not_known=NOT_SAID,
        about=_colleagues_on(actor, record),
    )
    return draft.id, submission.prepare(actor, draft.id)


def submit(desk: Desk, actor: PersonView, draft: str, record: str, signed: SignedStatement) -> RequestView:
    """Ask for the erasure, with its one record chosen: it waits for two different persons from now on."""
    require_erasable(desk, actor, record)
    made = submission.submit(desk, actor, draft, signed)
    return locating.choose(desk, actor, made.id, [record])


def _colleagues_on(actor: PersonView, record: str) -> list[str]:
    found = catalogue.record(actor.organisation, record, Sight.METADATA)
    parties = found.parties if found else ()
    return sorted({party.person for party in parties if party.person and party.role in NAMING_PARTIES})
