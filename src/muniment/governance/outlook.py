"""What will become of a request that is still being written: who would look, who would decide, by which clause."""

import msgspec

from muniment.core.errors import RefusedError
from muniment.governance import drafts, rules
from muniment.governance.matrix import Row
from muniment.governance.views import PersonName
from muniment.people import services as people
from muniment.people.views import PersonView


class Outlook(msgspec.Struct, frozen=True):
    """The way of a request, as the requester reads it before signing.

    `deciders` holds, for each yes that is needed, the persons of whom one must say it. `obstacle` is
    empty, or why the request could not be decided at all.
    """

    title: str
    clause: str
    because: str
    days: int
    actions: tuple[str, ...]
    locator: str
    deciders: tuple[tuple[PersonName, ...], ...]
    obstacle: str


def outlook(actor: PersonView, draft: str) -> Outlook:
    """The way of the actor's own draft, by the rules of today."""
    written = drafts.row_of(actor, draft)
    row = drafts.require_may_ask(actor, written.category)
    about = tuple(written.about)
    try:
        locator = rules.locator_for(row, actor.organisation, actor.id, about).name
        route = rules.route(row, actor.organisation, actor.id, about)
    except RefusedError as refusal:
        return _of(row, obstacle=str(refusal))
    names = {person.id: person.name for person in people.persons(actor.organisation)}
    seats = tuple(
        tuple(PersonName(person, names[person]) for person in sorted(seat, key=lambda one: names[one]))
        for seat in route.seats
    )
    return _of(row, locator=locator, deciders=seats)


def _of(
    row: Row, *, locator: str = "", deciders: tuple[tuple[PersonName, ...], ...] = (), obstacle: str = ""
) -> Outlook:
    return Outlook(
        title=row.title,
        clause=row.clause,
        because=row.because,
        days=row.days,
        actions=row.actions,
        locator=locator,
        deciders=deciders,
        obstacle=obstacle,
    )
