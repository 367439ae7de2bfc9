"""Stretches that two persons decided to take out of a recording, and that are still in it: nobody hears them.

It is so from the decision on, for whoever holds whatever grant, also while a hold forbids that anything is
destroyed (row 0 of the order of precedence). No copy leaves meanwhile.
"""

from muniment.core.errors import RefusedError
from muniment.governance.models import Grant
from muniment.release.models import Excision
from muniment.release.sound.messages import Covered


def withheld(organisation: str, record: str) -> tuple[Covered, ...]:
    """The stretches of a record that are silent for everybody."""
    rows = Excision.objects.filter(organisation_id=organisation, record=record, done__isnull=True)
    decided = set(
        Grant.objects.filter(
            organisation_id=organisation,
            request_id__in=[row.request for row in rows],
            revocation__isnull=True,
        ).values_list("request_id", flat=True)
    )
    return tuple(one for row in rows if row.request in decided for one in covers(row.spans))


def covers(spans: list[list[int]] | tuple[tuple[int, int, int], ...]) -> tuple[Covered, ...]:
    """Stretches as a redaction covers them, with silence."""
    return tuple(
        Covered(start, end, None if channel < 0 else channel, beep=False) for start, end, channel in spans
    )


def require_nothing_withheld(organisation: str, record: str) -> None:
    """RefusedError where stretches are to be taken out of a record: no copy of it leaves before that is done."""
    if withheld(organisation, record):
        raise RefusedError(
            "No copy of this recording leaves now.",
            why="Two persons decided that stretches of it may not be kept, and they are still in it.",
            remedy="Take a copy of the record that stands for it, once the stretches are taken out.",
        )
