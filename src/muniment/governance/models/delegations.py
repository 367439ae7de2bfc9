"""Delegations: the Data Controller's seat for some classes of request, lent to one person for a time (REQ 050)."""

from typing import ClassVar

from django.db import models

from muniment.core import ids
from muniment.core.canonical import Json
from muniment.core.tags import EventTag
from muniment.governance.models.recorded import Recorded, moment
from muniment.people.models import Organisation, Person


def new_delegation_id() -> str:
    """A fresh `del_…` id."""
    return ids.new(ids.Prefix.DELEGATION)


class Delegation(Recorded):
    """Who decides in whose place, on what, from when until when, and why. Never changed."""

    tag: ClassVar[EventTag] = EventTag.DELEGATION_MADE

    id = models.CharField(primary_key=True, max_length=40, default=new_delegation_id)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    delegator = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    delegate = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    classes = models.JSONField()
    reason = models.TextField()
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    made = models.DateTimeField()

    class Meta:
        ordering = ("-made",)

    def __str__(self) -> str:
        return f"{self.delegate_id} for {self.delegator_id}"

    def facts(self) -> dict[str, Json]:
        """What the ledger says of the delegation."""
        return {
            "delegation": self.id,
            "organisation": self.organisation_id,
            "person": self.delegator_id,
            "delegate": self.delegate_id,
            "classes": sorted(self.classes),
            "reason": self.reason,
            "begins": moment(self.begins),
            "ends": moment(self.ends),
            "made": moment(self.made),
        }


class DelegationEnd(Recorded):
    """A delegation that somebody ended before its time."""

    tag: ClassVar[EventTag] = EventTag.DELEGATION_ENDED

    delegation = models.OneToOneField(Delegation, on_delete=models.PROTECT, related_name="early_end")
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.delegation_id} ended"

    def facts(self) -> dict[str, Json]:
        """What the ledger says of the end."""
        return {
            "delegation": self.delegation_id,
            "person": self.ended_by_id,
            "ended": moment(self.ended),
        }
