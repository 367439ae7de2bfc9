"""What should be there and what is: the report of each day, and when the recorder was away."""

import hashlib
from typing import ClassVar

from django.db import models

from muniment.core.canonical import Json
from muniment.core.tags import EventTag
from muniment.governance.models.recorded import Recorded, moment
from muniment.people.models import Organisation


class DayReport(Recorded):
    """The completeness of one day's calls. A day may be reported again when late accounts change it."""

    tag: ClassVar[EventTag] = EventTag.CALLS_RECONCILED

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    made = models.DateTimeField()
    expected = models.IntegerField()
    gaps = models.IntegerField()
    report = models.TextField()  # canonical JSON, see `capture.calls.assurance.report`

    class Meta:
        ordering = ("-day", "-pk")

    def __str__(self) -> str:
        return f"completeness of {self.day}"

    def facts(self) -> dict[str, Json]:
        """What the ledger says: the figures, and the digest of the whole."""
        return {
            "organisation": self.organisation_id,
            "day": self.day.isoformat(),
            "made": moment(self.made),
            "expected": self.expected,
            "gaps": self.gaps,
            "report": hashlib.sha256(self.report.encode()).hexdigest(),
        }


class RecorderAway(models.Model):
    """A span in which the recorder took no calls; `over` is empty while that lasts."""

    began = models.DateTimeField()
    over = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-began",)

    def __str__(self) -> str:
        return f"away from {self.began}"


class RecorderSeen(models.Model):
    """When the recorder last answered; one row."""

    last = models.DateTimeField()

    def __str__(self) -> str:
        return f"seen {self.last}"
