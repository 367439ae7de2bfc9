"""The figures of the start page, each with what exactly it counts."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from muniment.catalogue.models import Record
from muniment.core.errors import NotAvailableError
from muniment.people.views import PersonView
from muniment.release import checking
from muniment.release.views import CheckView
from muniment.web.desk import desk
from muniment.web.jinja import count, moment

UNKNOWN = "not known now"


@dataclass(frozen=True)
class Figure:
    """One figure: its name, its value as text, what it counts, and where it stands in full."""

    name: str
    value: str
    meaning: str
    page: str = ""


def figures(person: PersonView) -> tuple[Figure, ...]:
    """Records held, locked today, last check, last entry under signature."""
    return (
        Figure(
            "Records held", _held(person), "Locked and not erased, as the locked store itself counts them."
        ),
        Figure(
            "Locked today",
            _today(person),
            "Records received since midnight in the organisation's time zone, erased since or not. Each was on the disk, "
            "locked, before its sender was told that it was taken.",
        ),
        Figure(
            "Last check",
            _check(checking.latest(person.organisation, finished=True)),
            "When every byte of the locked records was last compared with the proof log, and what was found.",
            "checks",
        ),
        Figure(
            "Last signed state",
            _signed(person),
            "When the proof log was last signed as a whole: nothing that stood in it then can be changed or "
            "taken away without being seen.",
            "proof_log",
        ),
    )


def _held(person: PersonView) -> str:
    try:
        found = [one for one in desk().status().organisations if one.organisation == person.organisation]
    except NotAvailableError:
        return UNKNOWN  # the start page must be there while the store is not
    return count(found[0].records - found[0].erased) if found else UNKNOWN


def _today(person: PersonView) -> str:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return count(
        Record.objects.filter(
            organisation=person.organisation, received__gte=int(midnight.timestamp())
        ).count()
    )


def _check(found: CheckView | None) -> str:
    if found is None or found.finished is None:
        return "never yet"
    outcome = "nothing wrong" if found.sound else "could not be made" if found.trouble else "damage found"
    return f"{moment(found.finished)}: {outcome}"


def _signed(person: PersonView) -> str:
    found = checking.checkpoint(settings.HOME, person.organisation)
    if found is None:
        return UNKNOWN
    _, published, size = found
    return f"{moment(published)}, over {count(size)} entries"
