"""Requests for content: as drafted, as signed, what was located, what was chosen."""

from typing import ClassVar

from django.db import models

from muniment.core import ids
from muniment.core.canonical import Json
from muniment.core.tags import EventTag
from muniment.governance.models.cases import Case
from muniment.governance.models.recorded import Recorded, moment
from muniment.people.models import Organisation, Person


def new_request_id() -> str:
    """A fresh `req_…` id."""
    return ids.new(ids.Prefix.REQUEST)


class Draft(models.Model):
    """A request that is still being written. Nobody but its author sees it; it authorises nothing."""

    id = models.CharField(primary_key=True, max_length=40, default=new_request_id)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    requester = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="drafts")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    category = models.CharField(max_length=30)
    purpose = models.CharField(max_length=10, blank=True)
    specifics = models.TextField(blank=True)
    given = models.JSONField(default=dict)  # field name → what was written (REQ 053)
    not_known = models.JSONField(default=list)  # the fields expressly marked as not known
    about = models.JSONField(default=list)  # the `per_…` ids of the persons whom it concerns
    actions = models.JSONField(default=list)
    hours = models.PositiveSmallIntegerField(default=0)  # for which calls in progress may be heard
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-changed",)

    def __str__(self) -> str:
        return f"Draft {self.id}"


class Request(Recorded):
    """A request as its requester signed it. Null in one of the six fields means “not known”."""

    tag: ClassVar[EventTag] = EventTag.REQUEST_SUBMITTED

    id = models.CharField(primary_key=True, max_length=40)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="requests")
    category = models.CharField(max_length=30)
    purpose = models.CharField(max_length=10)
    specifics = models.TextField(blank=True)
    requester = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="requests")
    reason = models.TextField()
    when = models.TextField(null=True)  # noqa: DJ001  # null is “not known”, which is not the empty text
    extension = models.TextField(null=True)  # noqa: DJ001
    external_number = models.TextField(null=True)  # noqa: DJ001
    parties = models.TextField(null=True)  # noqa: DJ001
    nature = models.TextField(null=True)  # noqa: DJ001
    about = models.JSONField(default=list)
    actions = models.JSONField(default=list)
    lines = models.JSONField(default=list)  # of a request to hear calls in progress; no record is looked for
    hours = models.PositiveSmallIntegerField(default=0)
    matrix = models.PositiveIntegerField()
    locator = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    locate_warrant = models.BinaryField()  # empty, and its hash null, where no record is looked for
    locate_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001
    signed = models.BinaryField()
    submitted = models.DateTimeField()

    class Meta:
        ordering = ("-submitted",)

    def __str__(self) -> str:
        return f"Request {self.id}"

    @property
    def chosen_records(self) -> list[str]:
        """The records that were chosen for it; none where it is about calls in progress."""
        choice = getattr(self, "choice", None)
        return list(choice.records) if choice else []

    @property
    def chosen_private(self) -> list[str]:
        """Those of them that are marked private, personal or union."""
        choice = getattr(self, "choice", None)
        return list(choice.private) if choice else []

    def facts(self) -> dict[str, Json]:
        """What the ledger says of the request: every field that was signed, and the signature."""
        said: dict[str, Json] = {"lines": sorted(self.lines), "hours": self.hours}
        monitoring = {name: value for name, value in said.items() if value}
        return {
            **monitoring,
            "request": self.id,
            "organisation": self.organisation_id,
            "case": self.case_id,
            "category": self.category,
            "purpose": self.purpose,
            "specifics": self.specifics,
            "requester": self.requester_id,
            "reason": self.reason,
            "when": self.when,
            "extension": self.extension,
            "external_number": self.external_number,
            "parties": self.parties,
            "nature": self.nature,
            "about": sorted(self.about),
            "actions": sorted(self.actions),
            "matrix": self.matrix,
            "locator": self.locator_id,
            "locate_warrant": bytes(self.locate_warrant).decode(),
            "locate_hash": self.locate_hash or "",
            "signed": bytes(self.signed).decode(),
            "submitted": moment(self.submitted),
        }


class Search(Recorded):
    """One search under the locate warrant of a request. The keeper wrote the entry."""

    tag: ClassVar[EventTag] = EventTag.SEARCH_MADE
    sealed_facts: ClassVar[bool] = False

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="searches")
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    query = models.TextField()
    total = models.PositiveIntegerField()
    made = models.DateTimeField()

    class Meta:
        ordering = ("-made",)
        verbose_name_plural = "searches"

    def __str__(self) -> str:
        return f"Search for {self.request_id}"

    def facts(self) -> dict[str, Json]:
        """The search; its locate warrant is in the keeper's entry too."""
        return {
            "warrant": self.request.locate_hash,
            "made_by": self.made_by_id,
            "query": self.query,
            "total": self.total,
            "made": moment(self.made),
        }


class Located(models.Model):
    """A record that a search for this request answered. Only such records can be chosen."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="located")
    record = models.CharField(max_length=40)

    class Meta:
        constraints = (models.UniqueConstraint("request", "record", name="governance_located_once"),)

    def __str__(self) -> str:
        return self.record


class Choice(Recorded):
    """The records that the locator chose for a request: frozen, so that a grant cannot grow."""

    tag: ClassVar[EventTag] = EventTag.RECORDS_CHOSEN

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="choice")
    chosen_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    chosen = models.DateTimeField()
    records = models.JSONField()  # the `rec_…` ids, sorted
    private = models.JSONField(default=list)  # those of them that are marked private, personal or union

    def __str__(self) -> str:
        return f"{len(self.records)} records for {self.request_id}"

    def facts(self) -> dict[str, Json]:
        """What the ledger says of the choice: the ids themselves, so that it can be judged later."""
        return {
            "request": self.request_id,
            "chosen_by": self.chosen_by_id,
            "chosen": moment(self.chosen),
            "records": sorted(self.records),
            "private": sorted(self.private),
        }
