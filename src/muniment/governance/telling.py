"""Tell the persons who must learn of a grant: who signed it, the guardian, and a second person.

A second person is told when the Data Controller approves for herself, as a subject's right allows.
"""

from muniment.core import clock
from muniment.core.errors import RefusedError
from muniment.governance import notices, words
from muniment.governance.desk import Desk, write
from muniment.governance.models import Grant, Request, Told
from muniment.governance.purposes import purpose
from muniment.people import services as people
from muniment.people.roles import Role
from muniment.vault.authority.statements import Warrant, lines_of

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


def tell_of_grant(grant: Grant, warrant: Warrant) -> None:
    """Mail what was signed to everybody who signed it and to the guardian, with the way to take it back.

    A compromised page could show one thing and have another signed: what the keeper admitted is what
    stands here. The Data Controller is the guardian. Metadata only: who, for what purpose, how many
    records, what may be done, until when, and who said yes.
    """
    guardians = (one.id for one in people.holders(grant.organisation_id, Role.DATA_CONTROLLER))
    for person in dict.fromkeys((*warrant.approvers, *guardians)):
        notices.tell(
            person,
            "A grant is in force: please check that it is what was meant",
            _summary(warrant),
            f"/grants/{grant.pk}/revoke",
        )


def _summary(warrant: Warrant) -> str:
    things = words.things(warrant.count, lines_of(warrant))
    said = (
        ("Who", people.view(warrant.holder).name),
        ("May", f"{words.acts([str(each) for each in warrant.actions])} {things}"),
        ("Purpose", purpose(warrant.purpose).name),
        ("Until", words.when(warrant.not_after)),
        ("Approved by", words.listing([people.view(each).name for each in warrant.approvers])),
        ("Case", warrant.case),
    )
    lines = "\n".join(f"{name}: {value}" for name, value in said)
    return f"{lines}\n\nIf this is not what was meant, or you did not sign it, take it back here:"


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
