"""Holds: forbid destruction, give nobody access. One person places one, two release it."""

from typing import ClassVar

from django.db import models

from muniment.core import ids
from muniment.core.canonical import Json
from muniment.core.tags import EventTag
from muniment.governance.models.cases import Case
from muniment.governance.models.recorded import Recorded, moment
from muniment.people.models import Organisation, Person


def new_hold_id() -> str:
    """A fresh `hold_…` id."""
    return ids.new(ids.Prefix.HOLD)


class Hold(Recorded):
    """A hold on some records. It is never deleted; that it ended says `HoldRelease`."""

    tag: ClassVar[EventTag] = EventTag.HOLD_PLACED

    id = models.CharField(primary_key=True, max_length=40, default=new_hold_id)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="holds")
    records = models.JSONField()  # the `rec_…` ids, sorted
    reason = models.TextField()
    placed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    placed = models.DateTimeField()

    class Meta:
        ordering = ("-placed",)

    def __str__(self) -> str:
        return f"{self.id} on {len(self.records)} records"

    def facts(self) -> dict[str, Json]:
        """What the ledger says of the hold."""
        return {
            "hold": self.id,
            "organisation": self.organisation_id,
            "case": self.case_id,
            "records": sorted(self.records),
            "reason": self.reason,
            "placed_by": self.placed_by_id,
            "placed": moment(self.placed),
        }


class HeldRecord(models.Model):
    """One record of a hold, to find the holds of a record by."""

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="held")
    record = models.CharField(max_length=40, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint("hold", "record", name="governance_held_once"),)

    def __str__(self) -> str:
        return self.record


class HoldReleaseSignature(models.Model):
    """One person's signature under a release that still lacks the other."""

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="release_signatures")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    statement = models.BinaryField()
    signed = models.BinaryField()
    made = models.DateTimeField()

    class Meta:
        ordering = ("made",)
        constraints = (models.UniqueConstraint("hold", "person", name="governance_release_signed_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} under the release of {self.hold_id}"


class HoldRelease(Recorded):
    """The end of a hold, by two different persons under the same text."""

    tag: ClassVar[EventTag] = EventTag.HOLD_RELEASED
    sealed_facts: ClassVar[bool] = False

    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="release")
    reason = models.TextField()
    signers = models.JSONField()
    released = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.hold_id} released"

    def facts(self) -> dict[str, Json]:
        """The release; its hold is in the statement of the keeper's entry too."""
        return {
            "hold": self.hold_id,
            "reason": self.reason,
            "signers": sorted(self.signers),
            "released": moment(self.released),
        }
