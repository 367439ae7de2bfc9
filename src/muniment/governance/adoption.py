"""The approval matrix that holds for an organisation: what it adopted last, or the pack that ships."""

from django.db import transaction
from django.db.models import Max

from muniment.core import clock
from muniment.governance import entities, matrix
from muniment.governance.authorisation import Action, require
from muniment.governance.desk import Desk, write
from muniment.governance.matrix import Matrix
from muniment.governance.models import Adoption
from muniment.people.views import PersonView

DEFAULT_PACK = "call_recording"
DEFAULT_NUMBER = 0
"""The number in warrants of an organisation that has adopted nothing yet: the default pack as it ships."""


def in_force(organisation: str) -> tuple[int, Matrix]:
    """The number and the rows that a new request is judged by."""
    row = Adoption.objects.filter(organisation_id=organisation).order_by("-number").first()
    return (row.number, matrix.parse(row.text)) if row else (DEFAULT_NUMBER, matrix.shipped(DEFAULT_PACK))


def numbered(organisation: str, number: int) -> Matrix:
    """The rows that held under a number, so that a request is decided by the rules it was made under."""
    if number == DEFAULT_NUMBER:
        return matrix.shipped(DEFAULT_PACK)
    return matrix.parse(Adoption.objects.get(organisation_id=organisation, number=number).text)


def set_up(desk: Desk, organisation: str, pack: str) -> Matrix:
    """Adopt a pack that ships, at the set-up of an organisation; nothing happens if one is in force."""
    if Adoption.objects.filter(organisation_id=organisation).exists():
        return in_force(organisation)[1]
    return _adopt(desk, organisation, matrix.pack_text(pack), by="")


def adopt(desk: Desk, actor: PersonView, text: str) -> Matrix:
    """Put a new version of the matrix in force; WrongUseError if it loosens what no pack may."""
    require(entities.person(actor), Action.ADOPT_PACK, entities.organisation(actor.organisation))
    return _adopt(desk, actor.organisation, text, by=actor.id)


def _adopt(desk: Desk, organisation: str, text: str, *, by: str) -> Matrix:
    parsed = matrix.parse(text)
    with transaction.atomic():
        last = Adoption.objects.filter(organisation_id=organisation).aggregate(last=Max("number"))["last"]
        row = Adoption(
            organisation_id=organisation,
            number=(last or DEFAULT_NUMBER) + 1,
            pack=parsed.pack,
            text=text,
            adopted_by_id=by or None,
            adopted=clock.now(),
        )
        write(desk, organisation, row)
    return parsed
