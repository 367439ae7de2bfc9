"""The proof log as those see it who watch: who did what, when, to which record; never why in full."""

import re

from muniment.catalogue import acts as catalogue
from muniment.catalogue.acts import ActView
from muniment.core.errors import WrongUseError
from muniment.governance import entities
from muniment.governance.authorisation import Action, require
from muniment.governance.views import ActLine, PersonName
from muniment.people import services as people
from muniment.people.views import PersonView

_SEQUENCE = re.compile(r"[0-9]{1,18}")


def ledger(
    actor: PersonView, *, record: str = "", cursor: str = "", limit: int = 50
) -> tuple[tuple[ActLine, ...], str]:
    """Acts of the actor's organisation, newest first, and the cursor of the next page.

    As far as the catalogue has followed the ledger; `muniment verify` reads the ledger itself.
    """
    require(entities.person(actor), Action.SEE_LEDGER, entities.organisation(actor.organisation))
    if cursor and not _SEQUENCE.fullmatch(cursor):
        raise WrongUseError("This cursor leads nowhere.", remedy="Begin without one.")
    found = catalogue.acts(actor.organisation, record=record, limit=limit, cursor=cursor)
    names = {person.id: person.name for person in people.persons(actor.organisation)}
    return tuple(_line(names, act) for act in found.acts), found.cursor


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
