"""Grants: a time-boxed right of one person to named records for one purpose."""

from typing import ClassVar

from django.db import models

from muniment.core import ids
from muniment.core.canonical import Json
from muniment.core.tags import EventTag
from muniment.governance.models.recorded import Recorded, moment
from muniment.governance.models.requests import Request
from muniment.people.models import Organisation, Person


def new_grant_id() -> str:
    """A fresh `grant_…` id."""
    return ids.new(ids.Prefix.GRANT)


class Grant(Recorded):
    """A warrant that the keeper admitted. The columns repeat its text; the keeper believes only the text."""

    tag: ClassVar[EventTag] = EventTag.WARRANT_ADMITTED
    sealed_facts: ClassVar[bool] = False

    id = models.CharField(primary_key=True, max_length=40, default=new_grant_id)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="grant")
    holder = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    warrant = models.BinaryField()
    warrant_hash = models.CharField(max_length=64, unique=True)
    actions = models.JSONField()
    count = models.PositiveIntegerField()
    cap = models.PositiveIntegerField()
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()

    class Meta:
        ordering = ("-not_before",)

    def __str__(self) -> str:
        return self.id

    def facts(self) -> dict[str, Json]:
        """The columns that repeat the warrant's text, in its words."""
        return {
            "warrant": self.warrant_hash,
            "organisation": self.organisation_id,
            "case": self.request.case_id,
            "purpose": self.request.purpose,
            "holder": self.holder_id,
            "actions": sorted(self.actions),
            "count": self.count,
            "cap": self.cap,
            "not_before": moment(self.not_before),
            "not_after": moment(self.not_after),
        }


class GrantRecord(models.Model):
    """One record of a grant's frozen list."""

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="records")
    record = models.CharField(max_length=40, db_index=True)
    private = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint("grant", "record", name="governance_granted_once"),)

    def __str__(self) -> str:
        return self.record


class GrantRevocation(Recorded):
    """A grant taken back before its end. The keeper wrote the entry."""

    tag: ClassVar[EventTag] = EventTag.WARRANT_REVOKED
    sealed_facts: ClassVar[bool] = False

    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, related_name="revocation")
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    revoked = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.grant_id} revoked"

    def facts(self) -> dict[str, Json]:
        """The revocation; its warrant is in the keeper's entry too."""
        return {
            "warrant": self.grant.warrant_hash,
            "revoked_by": self.revoked_by_id,
            "reason": self.reason,
            "revoked": moment(self.revoked),
        }
