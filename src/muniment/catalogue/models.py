"""Tables of what is held. Intake writes them by SQL (`queries.sql`); nothing here is a source of truth.

Identifiers stand as text, and rows name organisations and persons without foreign keys: the catalogue
is rebuilt from the vault in any order, and its hot path checks nothing twice.
"""

from django.db import models


class Unmatched(models.IntegerChoices):
    """Whether the domains of a mail fitted an organisation when it came in (REQ 003)."""

    NO = 0, "They did"
    SET_APART = 1, "They fitted none: nobody finds it"
    FREED = 2, "They fitted none; one has been assigned since"


class Record(models.Model):
    """One record of the vault. After an erasure only the fact remains: id, place, dates of holding."""

    id = models.CharField(primary_key=True, max_length=40)
    organisation = models.CharField(max_length=40)
    sequence = models.BigIntegerField()
    channel = models.CharField(max_length=20)
    form = models.CharField(max_length=20)
    source = models.TextField()
    received = models.BigIntegerField()  # seconds since 1970, UTC
    sent = models.BigIntegerField()  # the same; `received` where the record does not say
    subject = models.TextField()
    size = models.BigIntegerField()  # octets of the original
    sha256 = models.CharField(max_length=64)
    thread = models.CharField(max_length=40)
    message_digest = models.CharField(max_length=64)  # the same for every copy of one message
    attachments = models.IntegerField()
    markings = models.TextField()  # sorted, with blanks between
    marked_private = models.BooleanField()
    defects = models.TextField()
    unreadable = models.TextField()  # the reason, or empty
    unmatched = models.SmallIntegerField(default=0, db_default=0)  # see Unmatched
    erased_at = models.BigIntegerField(null=True)  # seconds since 1970

    class Meta:
        indexes = (
            models.Index(fields=("organisation", "-sent", "-sequence"), name="catalogue_record_newest"),
            models.Index(fields=("thread",), name="catalogue_record_thread"),
            models.Index(fields=("organisation", "message_digest"), name="catalogue_record_copies"),
        )
        constraints = (
            models.UniqueConstraint(fields=("organisation", "sequence"), name="catalogue_record_place_once"),
        )

    def __str__(self) -> str:
        return self.id


class CallDetail(models.Model):
    """What a record that is a call, a voicemail or a meeting has besides. An erasure takes the row away."""

    record = models.OneToOneField(
        Record, on_delete=models.CASCADE, db_constraint=False, related_name="+", primary_key=True
    )
    organisation = models.CharField(max_length=40)
    call = models.TextField(default="", db_default="")  # our name of it, as it had while it went on
    global_id = models.TextField()  # what every recording of one call shares, or empty
    direction = models.CharField(max_length=20)
    queue = models.TextField()
    extension = models.TextField()
    answered = models.BigIntegerField()  # seconds since 1970; 0: nobody answered, or nobody knows
    ended = models.BigIntegerField()  # the same
    talk_seconds = models.BigIntegerField()
    seconds = models.BigIntegerField()  # how long its sound is
    notice = models.CharField(max_length=20)  # see `core.call_facts.NoticeState`
    masked_ms = models.BigIntegerField()
    mos_hundredths = models.IntegerField()  # the worst stream's; 0: no estimate
    lost = models.BigIntegerField()  # packets
    streams = models.IntegerField()
    holds = models.IntegerField()
    keys_pressed = models.BooleanField()  # never which
    sound = models.TextField()  # what the sound is, in words
    parts = models.TextField()  # names of other recordings of the same call, a line each
    names = models.TextField(default="", db_default="")  # what a switch may call it, a line each
    packets = models.BigIntegerField(default=0, db_default=0)  # that came, in all streams
    notice_name = models.TextField(default="", db_default="")  # of the announcement; see `NoticeEvidence`
    notice_version = models.IntegerField(default=0, db_default=0)
    notice_language = models.CharField(max_length=20, default="", db_default="")
    notice_hundredths = models.IntegerField(default=0, db_default=0)  # how well the sound matches it
    notice_reason = models.TextField(default="", db_default="")
    rule = models.CharField(max_length=64, default="", db_default="")  # see `core.rule_settings`
    category = models.CharField(max_length=40, default="", db_default="")
    staff = models.CharField(max_length=100, default="", db_default="")  # how staff knew, by spaces
    tones = models.IntegerField(default=-1, db_default=-1)  # heard in the sound; −1: not looked for

    class Meta:
        indexes = (
            models.Index(fields=("organisation", "call"), name="catalogue_call_name"),
            models.Index(fields=("organisation", "global_id"), name="catalogue_call_global"),
            models.Index(fields=("organisation", "answered"), name="catalogue_call_answered"),
        )

    def __str__(self) -> str:
        return f"call {self.record_id}"


class ExpectedCall(models.Model):
    """One call that a file of call details (record) names in one of its rows. An erasure takes the rows away."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    organisation = models.CharField(max_length=40)
    row = models.IntegerField()
    names = models.TextField()  # the switch's names of the call and its recording, a line each
    started = models.BigIntegerField()  # ms since 1970; 0: unknown
    answered = models.BigIntegerField()  # the same
    ended = models.BigIntegerField()  # the same
    addresses = models.TextField()  # both sides, as E.164, sip: or ext:, a line each
    extension = models.TextField()
    queue = models.TextField()
    direction = models.CharField(max_length=20)
    disposition = models.TextField()
    was_answered = models.BooleanField()

    class Meta:
        indexes = (models.Index(fields=("organisation", "started"), name="catalogue_expected_started"),)
        constraints = (models.UniqueConstraint(fields=("record", "row"), name="catalogue_expected_once"),)

    def __str__(self) -> str:
        return f"row {self.row} of {self.record_id}"


class RecordParty(models.Model):
    """One address on a record, in one role. Which person it means is asked of `people` each time."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    organisation = models.CharField(max_length=40)
    role = models.CharField(max_length=20)
    address = models.TextField()
    name = models.TextField()
    sent = models.BigIntegerField()  # the record's, so that one index gives a person's newest records
    sequence = models.BigIntegerField()

    class Meta:
        indexes = (
            models.Index(
                fields=("organisation", "address", "-sent", "-sequence"), name="catalogue_party_newest"
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} on {self.record_id}"


class Attachment(models.Model):
    """One attachment of a record; `part` is its path within the original."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    part = models.CharField(max_length=100)
    name = models.TextField()
    content_type = models.CharField(max_length=255)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)

    def __str__(self) -> str:
        return f"{self.part} of {self.record_id}"


class ThreadMessage(models.Model):
    """A Message-ID that belongs to a thread, as a digest: held, or only referred to so far."""

    organisation = models.CharField(max_length=40)
    message = models.CharField(max_length=64)
    thread = models.CharField(max_length=40, db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organisation", "message"), name="catalogue_thread_message_once"),
        )

    def __str__(self) -> str:
        return f"{self.message} in {self.thread}"


class LedgerEntry(models.Model):
    """An action of the ledger, opened: who did what, when, to which record."""

    organisation = models.CharField(max_length=40)
    sequence = models.BigIntegerField()
    tag = models.CharField(max_length=60)
    record = models.CharField(max_length=40)
    warrant = models.CharField(max_length=64)
    rule = models.CharField(max_length=100)
    time = models.BigIntegerField()  # seconds since 1970
    actor = models.CharField(max_length=40)
    details = models.TextField()  # canonical JSON: {"clear": …, "body": …}

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("organisation", "sequence"), name="catalogue_entry_place_once"),
        )
        indexes = (
            models.Index(fields=("record",), name="catalogue_entry_record"),
            models.Index(fields=("organisation", "tag", "-sequence"), name="catalogue_entry_tag"),
        )

    def __str__(self) -> str:
        return f"{self.tag} at {self.sequence}"


class Watermark(models.Model):
    """The last sequence of an organisation's ledger that the catalogue holds."""

    organisation = models.CharField(primary_key=True, max_length=40)
    sequence = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.organisation}: {self.sequence}"
