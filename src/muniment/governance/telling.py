"""Tell a second person when the Data Controller approves for herself, as a subject's right allows."""

from muniment.core import clock
from muniment.core.errors import RefusedError
from muniment.governance import notices
from muniment.governance.desk import Desk, write
from muniment.governance.models import Request, Told
from muniment.people import services as people
from muniment.people.roles import Role

SECOND_PERSONS = (Role.MANAGING_DIRECTOR, Role.DIRECTOR, Role.OFFICE_MANAGER)
"""Who is told, in this order, of those whom the request is not about."""


def tell_second_person(desk: Desk, request: Request, warrant: str) -> None:
    """Write that a second person is told, and tell them; RefusedError if there is nobody to tell.

    The keeper opens nothing under such a warrant before this stands in the ledger.
    """
    person = _second_person(request)
    row = Told(request=request, person_id=person, warrant_hash=warrant, told=clock.now())
    write(desk, request.organisation_id, row, warrant=warrant)
    notices.tell(
        person,
        "The Data Controller approved her own access for a subject's right",
        "You are told because the law lets her do so, but not in silence. Please look at the request.",
        f"/requests/{request.pk}",
    )


def tell_controllers(organisation: str, subject: str, body: str, path: str) -> None:
    """Put a notice in the outbox of every Data Controller of the organisation."""
    for holder in people.holders(organisation, Role.DATA_CONTROLLER):
        notices.tell(holder.id, subject, body, path)


def _second_person(request: Request) -> str:
    for role in SECOND_PERSONS:
        for holder in people.holders(request.organisation_id, role):
            if holder.id != request.requester_id and holder.id not in request.about:
                return holder.id
    raise RefusedError(
        "There is no second person to tell.",
        why="A Data Controller who approves for herself must not do so in silence.",
        remedy="Name a director or an office manager first.",
    )
