"""What the entitled decided, what they were shown when they did, and whom they consulted."""

from typing import ClassVar

from django.db import models

from muniment.core import ids
from muniment.core.canonical import Json
from muniment.core.tags import EventTag
from muniment.governance.models.recorded import Recorded, moment
from muniment.governance.models.requests import Request
from muniment.people.models import Person


def new_decision_id() -> str:
    """A fresh `dec_…` id."""
    return ids.new(ids.Prefix.DECISION)


class Proposal(models.Model):
    """A warrant that somebody may sign: the text, and the records behind its root."""

    hash = models.CharField(primary_key=True, max_length=64)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="proposals")
    warrant = models.BinaryField()
    records = models.JSONField()
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed = models.DateTimeField()

    class Meta:
        ordering = ("proposed",)

    def __str__(self) -> str:
        return self.hash


class Decision(Recorded):
    """One signed yes or no. A yes names the warrant that it allows; nothing else opens anything."""

    tag: ClassVar[EventTag] = EventTag.DECISION_SIGNED

    class Verdict(models.TextChoices):
        """What was decided. “In part” is a yes to a warrant over fewer records than were chosen."""

        APPROVE = "approve", "Approved"
        PART = "part", "Approved in part"
        REFUSE = "refuse", "Refused"

    id = models.CharField(primary_key=True, max_length=40, default=new_decision_id)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="decisions")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.TextField()
    clause = models.CharField(max_length=300)
    warrant_hash = models.CharField(max_length=64, blank=True)
    signed = models.BinaryField()
    decided = models.DateTimeField()

    class Meta:
        ordering = ("decided",)
        constraints = (
            models.UniqueConstraint("request", "person", "warrant_hash", name="governance_decided_once"),
        )

    def __str__(self) -> str:
        return f"{self.person_id}: {self.verdict}"

    def facts(self) -> dict[str, Json]:
        """What the ledger says of the decision, its signature included."""
        return {
            "decision": self.id,
            "request": self.request_id,
            "person": self.person_id,
            "verdict": str(self.verdict),
            "reason": self.reason,
            "clause": self.clause,
            "warrant": self.warrant_hash,
            "signed": bytes(self.signed).decode(),
            "decided": moment(self.decided),
        }


class Told(Recorded):
    """That a second person was told of a warrant whose holder approved it for a subject's right.

    The keeper opens nothing under such a warrant before this entry stands.
    """

    tag: ClassVar[EventTag] = EventTag.SECOND_PERSON_TOLD

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="tellings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    warrant_hash = models.CharField(max_length=64)
    told = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person_id} was told of {self.request_id}"

    def facts(self) -> dict[str, Json]:
        """What the ledger says of it."""
        return {
            "request": self.request_id,
            "person": self.person_id,
            "warrant": self.warrant_hash,
            "told": moment(self.told),
        }


class Consultation(Recorded):
    """The recorded view of somebody who must be consulted before another decides (REQ 058)."""

    tag: ClassVar[EventTag] = EventTag.CONSULTATION_RECORDED

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="consultations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    view = models.TextField()
    given = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person_id} on {self.request_id}"

    def facts(self) -> dict[str, Json]:
        """What the ledger says of the consultation."""
        return {
            "request": self.request_id,
            "person": self.person_id,
            "view": self.view,
            "given": moment(self.given),
        }
