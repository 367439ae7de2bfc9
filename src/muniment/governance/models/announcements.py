"""Recording notices as things of the record: each version, when one ended, a reason given for one call, who was told."""

import hashlib
from typing import ClassVar

from django.db import models

from muniment.core.canonical import Json
from muniment.core.tags import EventTag
from muniment.governance.models.recorded import Recorded, moment
from muniment.people.models import Organisation, Person


class AnnouncementVersion(Recorded):
    """One version of one announcement in one language. Its sound and wording are sealed as `record`.

    `samples` is the sound as a telephone carries it (8 kHz, 16 bit, one channel): what calls are compared
    with. `made_by` is empty where a command of the machine published it.
    """

    tag: ClassVar[EventTag] = EventTag.ANNOUNCEMENT_PUBLISHED

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=64)
    version = models.IntegerField()
    language = models.CharField(max_length=35)
    text = models.TextField()
    sources = models.JSONField(default=list)
    queues = models.JSONField(default=list)
    lines = models.JSONField(default=list)
    since = models.DateField()
    record = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)  # of the file as it was given
    samples = models.BinaryField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    made = models.DateTimeField()

    class Meta:
        ordering = ("name", "language", "-version")
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "name", "language", "version"), name="one_announcement_version"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.version} ({self.language})"

    def facts(self) -> dict[str, Json]:
        """What the ledger says: everything but the samples, which it names by their digest."""
        return {
            "organisation": self.organisation_id,
            "name": self.name,
            "version": self.version,
            "language": self.language,
            "text": self.text,
            "sources": list(self.sources),
            "queues": list(self.queues),
            "lines": list(self.lines),
            "since": self.since.isoformat(),
            "record": self.record,
            "sha256": self.sha256,
            "samples_sha256": hashlib.sha256(self.samples).hexdigest(),
            "made_by": self.made_by_id or "",
            "made": moment(self.made),
        }


class AnnouncementEnd(Recorded):
    """An announcement is played no longer, from a day on; the last day on which it was is the day before."""

    tag: ClassVar[EventTag] = EventTag.ANNOUNCEMENT_ENDED

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    announcement = models.OneToOneField(AnnouncementVersion, on_delete=models.PROTECT, related_name="end")
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended = models.DateTimeField()

    def __str__(self) -> str:
        return f"end of {self.announcement}"

    def facts(self) -> dict[str, Json]:
        """What the ledger says."""
        return {
            "organisation": self.organisation_id,
            "announcement": str(self.announcement),
            "ended_by": self.ended_by_id,
            "ended": moment(self.ended),
        }


class NoticeReasonGiven(Recorded):
    """Why one call carries no notice, as somebody said afterwards. The last one that was given counts."""

    tag: ClassVar[EventTag] = EventTag.NOTICE_REASON_GIVEN

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    record = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    remark = models.CharField(max_length=200, blank=True)
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    given = models.DateTimeField()

    class Meta:
        ordering = ("-given", "-pk")
        indexes = (models.Index(fields=("organisation", "record"), name="reason_by_record"),)

    def __str__(self) -> str:
        return f"{self.code} for {self.record}"

    def facts(self) -> dict[str, Json]:
        """What the ledger says."""
        return {
            "organisation": self.organisation_id,
            "record": self.record,
            "code": self.code,
            "remark": self.remark,
            "person": self.given_by_id,
            "given": moment(self.given),
        }


class AwarenessTold(Recorded):
    """Somebody was told what is recorded of them, and said so. `shown` is the digest of what the page said."""

    tag: ClassVar[EventTag] = EventTag.AWARENESS_ACKNOWLEDGED

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    shown = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"told {self.person_id}"

    def facts(self) -> dict[str, Json]:
        """What the ledger says."""
        return {
            "organisation": self.organisation_id,
            "person": self.person_id,
            "shown": self.shown,
            "at": moment(self.at),
        }
