"""Cases: what groups requests, records, holds and deadlines."""

from typing import ClassVar

from django.db import models

from muniment.core import ids
from muniment.core.canonical import Json
from muniment.core.tags import EventTag
from muniment.governance.models.recorded import Recorded, moment
from muniment.people.models import Organisation, Person


def new_case_id() -> str:
    """A fresh `case_…` id."""
    return ids.new(ids.Prefix.CASE)


class Case(Recorded):
    """A case, from its opening on. Whether it is closed says `CaseClosure`."""

    tag: ClassVar[EventTag] = EventTag.CASE_OPENED

    id = models.CharField(primary_key=True, max_length=40, default=new_case_id)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=30)  # the class of its first request
    title = models.CharField(max_length=200)
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    opened = models.DateTimeField()

    class Meta:
        ordering = ("-opened",)

    def __str__(self) -> str:
        return self.title

    def facts(self) -> dict[str, Json]:
        """What the ledger says of the opening."""
        return {
            "case": self.id,
            "organisation": self.organisation_id,
            "category": self.category,
            "title": self.title,
            "opened_by": self.opened_by_id,
            "opened": moment(self.opened),
        }


class CaseClosure(Recorded):
    """The end of a case: who closed it, when, with what outcome."""

    tag: ClassVar[EventTag] = EventTag.CASE_CLOSED

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="closure")
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    closed = models.DateTimeField()
    outcome = models.TextField()

    def __str__(self) -> str:
        return f"{self.case_id} closed"

    def facts(self) -> dict[str, Json]:
        """What the ledger says of the closing."""
        return {
            "case": self.case_id,
            "closed_by": self.closed_by_id,
            "closed": moment(self.closed),
            "outcome": self.outcome,
        }
