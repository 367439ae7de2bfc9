"""Attempts that were refused (REQ 052): who, what, why. They are shown, never forgotten."""

from typing import ClassVar

from django.db import models

from muniment.core.canonical import Json
from muniment.core.tags import EventTag
from muniment.governance.models.recorded import Recorded, moment
from muniment.people.models import Organisation, Person


class Denial(Recorded):
    """One refused attempt to find, open, take out, decide or destroy."""

    tag: ClassVar[EventTag] = EventTag.ACCESS_DENIED

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=40)
    resource = models.CharField(max_length=80)
    record = models.CharField(max_length=40, blank=True)
    why = models.TextField()
    denied = models.DateTimeField()

    class Meta:
        ordering = ("-denied", "-pk")

    def __str__(self) -> str:
        return f"{self.person_id} may not {self.action} {self.resource}"

    def facts(self) -> dict[str, Json]:
        """What the ledger says of the refusal."""
        return {
            "organisation": self.organisation_id,
            "person": self.person_id,
            "action": self.action,
            "resource": self.resource,
            "record": self.record,
            "why": self.why,
            "denied": moment(self.denied),
        }
