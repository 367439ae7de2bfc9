"""What waits for one person: the start page's question."""

from muniment.governance import drafts, granting, held, holds, requests
from muniment.governance.views import GrantState, GrantView, HoldView, RequestState, Waiting
from muniment.people.roles import ENTITLED_ROLES, Role
from muniment.people.views import PersonView

_RELEASERS = ENTITLED_ROLES | {Role.DATA_CONTROLLER}


def waiting(actor: PersonView) -> Waiting:
    """Everything that waits for the actor now."""
    rows = requests.rows_with_all().filter(
        organisation_id=actor.organisation, case__closure__isnull=True, grant__isnull=True
    )
    locate = [
        requests.view(row)
        for row in rows.filter(locator_id=actor.id, choice__isnull=True)
        if requests.state(row) is RequestState.LOCATING
    ]
    decide = [requests.view(row) for row in rows if actor.id in requests.waits_for(row)]
    return Waiting(tuple(locate), tuple(decide), _releases(actor), _usable(actor), drafts.own(actor))


def _usable(actor: PersonView) -> tuple[GrantView, ...]:
    """The actor's live grants under which anything is left: not those whose records are all erased."""
    live = tuple(grant for grant in granting.own(actor) if grant.state is GrantState.LIVE)
    known = held.facts(actor.organisation, {record for grant in live for record in grant.records})
    gone = {record for record, facts in known.items() if facts.erased}
    return tuple(grant for grant in live if grant.lines or not gone.issuperset(grant.records))


def _releases(actor: PersonView) -> tuple[HoldView, ...]:
    if not actor.roles & _RELEASERS:
        return ()
    return tuple(
        hold
        for hold in holds.listed(actor)
        if hold.released is None
        and hold.signed_by
        and actor.id not in {person.id for person in hold.signed_by}
    )
