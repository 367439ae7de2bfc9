"""How the files of a hosted switch or a carrier name their fields: each version that was saved, and its end."""

from typing import ClassVar

from django.db import models

from muniment.core.canonical import Json
from muniment.core.tags import EventTag
from muniment.governance.models.recorded import Recorded, moment
from muniment.people.models import Organisation, Person


class CallMapping(Recorded):
    """One version of a mapping. The keeper tells importers what the last entry of each name says."""

    tag: ClassVar[EventTag] = EventTag.CALL_MAPPING_SAVED

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    columns = models.JSONField(default=dict)
    directions = models.JSONField(default=dict)
    zone = models.CharField(max_length=64)
    region = models.CharField(max_length=2, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("name", "-version")
        constraints = (
            models.UniqueConstraint(
                "organisation", "name", "version", name="governance_mapping_version_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"

    def facts(self) -> dict[str, Json]:
        """What the ledger says; the keeper reads the mapping from it (`core.row_mapping.SavedMapping`)."""
        return {
            "organisation": self.organisation_id,
            "person": self.person_id,
            "name": self.name,
            "version": self.version,
            "columns": self.columns,
            "directions": self.directions,
            "zone": self.zone,
            "region": self.region,
            "at": moment(self.at),
        }


class CallMappingEnd(Recorded):
    """A mapping is read by no longer. Its versions stay; another may be saved under the same name."""

    tag: ClassVar[EventTag] = EventTag.CALL_MAPPING_RETIRED

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    mapping = models.OneToOneField(CallMapping, on_delete=models.PROTECT, related_name="end")
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended = models.DateTimeField()

    def __str__(self) -> str:
        return f"end of {self.mapping}"

    def facts(self) -> dict[str, Json]:
        """What the ledger says; the keeper reads the version from it."""
        return {
            "organisation": self.organisation_id,
            "name": self.mapping.name,
            "version": self.mapping.version,
            "ended_by": self.ended_by_id,
            "ended": moment(self.ended),
        }
