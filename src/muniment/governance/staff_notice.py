"""Whether staff have been told that calls may be listened to while they last (REQ 023): before, not after.

1. Everybody of the organisation who is in a call counts, and everybody whose line it is. Told is who has accepted
   the policies that stand now, or is bound by an attested contract: there the organisation has to say so.
2. The line must tell them as well, by what its call carries as evidence: a display, a tone, or the page “What is
   recorded”. Where only the page does, each of them must have said that they read it.
"""

from collections.abc import Callable, Collection

import msgspec

from muniment.core.call_facts import CallFacts
from muniment.governance import awareness
from muniment.people import services as people
from muniment.people.models import Person
from muniment.people.services import waiting_policies
from muniment.people.views import PersonView

type StaffNotice = Callable[[PersonView], bool]
"""Whether a person has been told. What stands behind it may become more exact; who asks stays the same."""

OUTSIDE = frozenset({Person.Kind.CLIENT, Person.Kind.END_USER, Person.Kind.CALLER})
"""Who is no member of staff: they are told by the notice of the call."""


PAGE = "page"
"""The manner that happens outside the call: whoever was told has said so."""


def manners(facts: CallFacts) -> frozenset[str]:
    """How the line of a call tells whoever speaks for us; empty where nothing does."""
    return frozenset() if facts.staff is msgspec.UNSET else frozenset(facts.staff.manners)


def on_line(organisation: str, told_by: Collection[str]) -> StaffNotice:
    """Who counts as told where the line tells by these manners."""
    if {*told_by} - {PAGE}:
        return told
    said_so = awareness.told(organisation)
    return lambda person: person.id in said_so and told(person)


def told(person: PersonView) -> bool:
    """Whether a person has accepted what stands now, or a contract stands for that."""
    return not waiting_policies(person.id)


def on_lines(organisation: str, lines: Collection[str]) -> tuple[PersonView, ...]:
    """The staff to whom one of these lines belongs."""
    return tuple(
        person
        for person in people.persons(organisation)
        if person.kind not in OUTSIDE and not {*person.addresses}.isdisjoint(lines)
    )


def untold(
    organisation: str, about: Collection[str], lines: Collection[str], notice: StaffNotice = told
) -> tuple[PersonView, ...]:
    """Those of the staff named, or on these lines, who have not been told."""
    named = {person.id: person for person in on_lines(organisation, lines)}
    named |= {person.id: person for person in people.persons(organisation) if person.id in about}
    return tuple(person for person in named.values() if not notice(person))
