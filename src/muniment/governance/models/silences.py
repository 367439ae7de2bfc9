"""Silence on a live call, asked for by somebody's desktop: who, when, why."""

from typing import ClassVar

from django.db import models

from muniment.core.canonical import Json
from muniment.core.tags import EventTag
from muniment.governance.models.recorded import Recorded, moment
from muniment.people.models import Organisation, Person


class SilenceAct(Recorded):
    """Silence begun or ended. `call` is the recorder's name of the call, which its record bears too."""

    tag: ClassVar[EventTag] = EventTag.CALL_SILENCED

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    call = models.CharField(max_length=80)
    begins = models.BooleanField()
    why = models.TextField()
    rule = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"silence on {self.call}"

    def facts(self) -> dict[str, Json]:
        """What the ledger says."""
        return {
            "organisation": self.organisation_id,
            "person": self.person_id,
            "call": self.call,
            "begins": self.begins,
            "why": self.why,
            "rule": self.rule,
            "at": moment(self.at),
        }
