"""Changes of the authority register, and what else two of them sign, as something that waits for the authorities."""

from collections.abc import Iterable

from django.urls import reverse

from muniment.core.errors import NotAvailableError
from muniment.people import services
from muniment.people.views import PersonView
from muniment.web.desk import desk, may_register
from muniment.web.waiting import Waiting


def register_changes_waiting(person: PersonView) -> Iterable[Waiting]:
    """Each proposed change that this authority has not signed yet."""
    changes = services.register_changes(person.organisation)
    unsigned = [change for change in changes if person.id not in change.signed_by]
    if not unsigned or not _is_authority(person):
        return
    for change in unsigned:
        yield Waiting(
            title=change.summary,
            address=reverse("register_change", args=[change.id]),
            detail=f"{len(change.signed_by)} of 2 authorities have signed",
            state="Sign",
        )


def joint_acts_waiting(person: PersonView) -> Iterable[Waiting]:
    """Each act that this authority has not signed yet."""
    if not _is_authority(person):
        return
    for act in services.joint_acts(desk(), person.organisation):
        if person.id not in act.signed_by:
            yield Waiting(
                title=act.title,
                address=reverse("joint_act", args=[act.id]),
                detail=f"{len(act.signed_by)} of 2 authorities have signed",
                state="Sign",
            )


def _is_authority(person: PersonView) -> bool:
    try:
        return may_register(person.organisation, person.id)
    except NotAvailableError:
        return False  # the start page must be there while the keeper is not
