"""Which policy pack an organisation has adopted, and every one that it had before."""

from typing import ClassVar

from django.db import models

from muniment.core.canonical import Json
from muniment.core.tags import EventTag
from muniment.governance.models.recorded import Recorded, moment
from muniment.people.models import Organisation, Person


class Adoption(Recorded):
    """One version of the organisation's approval matrix; its number stands in every warrant under it."""

    tag: ClassVar[EventTag] = EventTag.MATRIX_ADOPTED

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    pack = models.CharField(max_length=60)
    text = models.TextField()
    adopted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    adopted = models.DateTimeField()

    class Meta:
        ordering = ("organisation", "number")
        constraints = (
            models.UniqueConstraint("organisation", "number", name="governance_adoption_number_once"),
        )

    def __str__(self) -> str:
        return f"{self.pack} as number {self.number}"

    def facts(self) -> dict[str, Json]:
        """What the ledger says of the adoption."""
        return {
            "organisation": self.organisation_id,
            "matrix": self.number,
            "pack": self.pack,
            "text": self.text,
            "adopted_by": self.adopted_by_id,
            "adopted": moment(self.adopted),
        }
