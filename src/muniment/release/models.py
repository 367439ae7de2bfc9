"""Tables of the room: what is open now, and what was destroyed."""

from typing import ClassVar

from django.db import models

from muniment.core import ids
from muniment.core.canonical import Json
from muniment.core.tags import EventTag
from muniment.governance.models import Grant, Recorded
from muniment.governance.models.recorded import moment
from muniment.people.models import Organisation, Person

BACKUP = "backup: "
"""Before the place of a backup, in a certificate's list of where something of the record was."""


def new_certificate_id() -> str:
    """A fresh `cert_…` id."""
    return ids.new(ids.Prefix.CERTIFICATE)


class Reading(models.Model):
    """One opened record in one person's hands, for at most half an hour. No content is in the row.

    `session` names the keeper's memory, where the content is; `digest` is the SHA-256 of the token in
    the reader's address, so that the row alone leads nowhere.
    """

    digest = models.CharField(primary_key=True, max_length=64)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="+")
    record = models.CharField(max_length=40, db_index=True)
    action = models.CharField(max_length=10)
    session = models.BinaryField()
    length = models.PositiveBigIntegerField()
    statement = models.BinaryField()  # the capture statement: how and when it was captured
    opened = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person_id} reads {self.record}"


class Certificate(Recorded):
    """That a record was destroyed: by whose decision, under which rule, final on what day."""

    tag: ClassVar[EventTag] = EventTag.RECORD_ERASED
    sealed_facts: ClassVar[bool] = False

    id = models.CharField(primary_key=True, max_length=40, default=new_certificate_id)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="certificates")
    record = models.CharField(max_length=40, unique=True)
    rule = models.CharField(max_length=4)  # the row of the order of precedence
    signers = models.JSONField()
    destroyed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    destroyed = models.DateTimeField()
    final = models.DateTimeField()  # the last copy of the key that Muniment makes has expired by then
    covered = models.BooleanField(default=False)  # that day holds for copies made outside too
    removed_from = (
        models.JSONField()
    )  # derived data that held something of it, proved empty; backups, until `final`
    replacement = models.CharField(max_length=40, blank=True, default="", db_index=True)
    spans = models.JSONField(default=list)  # what the replacement is without: from, to (ms), channel or -1
    copies = models.JSONField(default=list)  # redacted copies of it that do not cover all of that
    kept = models.JSONField(default=dict)  # the form of its sound; see `capture.statement.KeptAs`

    class Meta:
        ordering = ("-destroyed",)

    def __str__(self) -> str:
        return f"{self.record} destroyed"

    def facts(self) -> dict[str, Json]:
        """The certificate; its record and its warrant are in the keeper's entry too."""
        return {
            "certificate": self.id,
            "record": self.record,
            "warrant": self.grant.warrant_hash,
            "rule": self.rule,
            "signers": sorted(self.signers),
            "destroyed_by": self.destroyed_by_id,
            "destroyed": moment(self.destroyed),
            "final": moment(self.final),
            **({"covered": True} if self.covered else {}),
            **({"backups": self.backups} if self.backups else {}),
            **({"replacement": self.replacement} if self.replacement else {}),
            **({"spans": [list(one) for one in self.spans]} if self.spans else {}),
            **({"copies": sorted(self.copies)} if self.copies else {}),
            **({"kept": self.kept} if self.kept else {}),
        }

    @property
    def backups(self) -> list[str]:
        """Where backups of the key were that had not expired."""
        return [each.removeprefix(BACKUP) for each in self.removed_from if each.startswith(BACKUP)]


class Note(models.Model):
    """What a listener wrote down at a moment of a recording, in ms since its sound began.

    It belongs to the case of the grant: who opens the same record for the same case reads it. It is kept
    with the catalogue, encrypted, and goes when the record is erased.
    """

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    record = models.CharField(max_length=40, db_index=True)
    at = models.PositiveIntegerField()
    text = models.TextField()
    written = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"note {self.pk} on {self.record}"


class Redaction(Recorded):
    """A copy of a recording in which stretches are covered, sealed as a record of its own.

    `covers` are (from, to, channel or -1, "beep" or "silence"), in ms since the sound began; `digest` is
    the SHA-256 of the copy, in hexadecimal. The original is untouched.
    """

    tag: ClassVar[EventTag] = EventTag.RECORD_REDACTED

    id = models.CharField(primary_key=True, max_length=40, default=new_certificate_id)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="redactions")
    original = models.CharField(max_length=40, db_index=True)
    record = models.CharField(max_length=40, unique=True)
    covers = models.JSONField()
    reason = models.TextField()
    copy_digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made = models.DateTimeField()

    class Meta:
        ordering = ("-made",)

    def __str__(self) -> str:
        return f"{self.record} covers {self.original}"

    def facts(self) -> dict[str, Json]:
        """The certificate of what was covered; the reason is for people and stands in the entry too."""
        return {
            "redaction": self.id,
            "record": self.original,
            "copy": self.record,
            "warrant": self.grant.warrant_hash,
            "covers": [list(one) for one in self.covers],
            "reason": self.reason,
            "sha256": self.copy_digest,
            "made_by": self.made_by_id,
            "made": moment(self.made),
        }


class Excision(models.Model):
    """Stretches that are to be taken out of one recording, as the request of the same name asks for it.

    `spans` are (from, to, channel or -1) in ms since the sound began; what the request's signed text says of
    them counts (`release.excising`). `begun` is when its holder last set about it, `done` when it was certified.
    """

    request = models.CharField(primary_key=True, max_length=40)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    record = models.CharField(max_length=40, db_index=True)
    spans = models.JSONField()
    begun = models.DateTimeField(null=True)
    done = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.request} takes stretches out of {self.record}"


class Conversion(models.Model):
    """One recording that a request names whose sound is to be kept as Opus, and what became of it.

    `begun` is when it was last set about, `done` when it was certified. `kept` is what its replacement (named in it as
    `record`) says of itself; it counts where the ledger says that this replaced it. `left` says why it stays native for
    good, `why` why nothing came of it the last time.
    """

    request = models.CharField(max_length=40, db_index=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    record = models.CharField(max_length=40, db_index=True)
    begun = models.DateTimeField(null=True)
    done = models.DateTimeField(null=True)
    kept = models.JSONField(default=dict)
    left = models.TextField(blank=True, default="")
    why = models.TextField(blank=True, default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("request", "record"), name="release_conversion_once"),)

    def __str__(self) -> str:
        return f"{self.request} keeps {self.record} as Opus"


class ConversionOrder(models.Model):
    """What the holder of a grant signed last to have recordings kept as Opus; the worker carries it out.

    `seen` is the worker's last sign of life, `stopped` whether somebody asked it to stop after the recording at hand.
    """

    request = models.CharField(primary_key=True, max_length=40)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="+")
    signed = models.BinaryField()
    asked = models.DateTimeField()
    seen = models.DateTimeField(null=True)
    stopped = models.BooleanField(default=False)
    ended = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"order of {self.request}"


class Attendance(Recorded):
    """That a recording was played to somebody who may not keep it: who was there, when, and that they signed."""

    tag: ClassVar[EventTag] = EventTag.LISTENING_ATTENDED

    id = models.CharField(primary_key=True, max_length=40, default=new_certificate_id)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="attendances")
    record = models.CharField(max_length=40, db_index=True)
    present = models.JSONField()
    led_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    opened = models.DateTimeField()
    signed = models.DateTimeField()

    class Meta:
        ordering = ("-signed",)

    def __str__(self) -> str:
        return f"{self.record} was played"

    def facts(self) -> dict[str, Json]:
        """Who was there, and when."""
        return {
            "attendance": self.id,
            "record": self.record,
            "warrant": self.grant.warrant_hash,
            "present": sorted(self.present),
            "led_by": self.led_by_id,
            "opened": moment(self.opened),
            "signed": moment(self.signed),
        }


class Check(models.Model):
    """One check of an organisation's vault that somebody asked for: how far it is, and what it found.

    `faults` and `notes` name records by id and say what to do; nothing of any content is in them.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    asked = models.DateTimeField()
    started = models.DateTimeField(null=True)
    done_bytes = models.PositiveBigIntegerField(default=0)
    total_bytes = models.PositiveBigIntegerField(default=0)
    finished = models.DateTimeField(null=True)
    records = models.PositiveBigIntegerField(default=0)
    leaves = models.PositiveBigIntegerField(default=0)
    faults = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    trouble = models.TextField(blank=True)  # why it could not be made

    class Meta:
        ordering = ("-asked", "-pk")

    def __str__(self) -> str:
        return f"check {self.pk} of {self.organisation_id}"
