"""What release gives out: a mail as a page shows it, a file as a stream, a certificate."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from muniment.capture.statement import KeptAs
from muniment.governance.views import GrantView, PersonName
from muniment.readers.calls import Call
from muniment.readers.mail import Mail


class MailPage(msgspec.Struct, frozen=True):
    """One opened record. `token` reaches it again until `until`; `has_html` asks for its own frame.

    `watermark` is the reader's name and the time, to stand across the page.
    """

    token: str
    record: str
    action: str
    grant: GrantView
    mail: Mail
    captured: dict[str, object]
    opened: datetime
    until: datetime
    watermark: str
    copies: bool
    """Whether attachments and the original may be taken out."""
    call: Call | None = None
    """Of a call, a voicemail or a meeting, what it is of; `mail` then has only its line, date and defects."""


class Ended(msgspec.Struct, frozen=True):
    """What an opening was of, so that it can be asked for again."""

    grant: str
    record: str
    action: str


class Download(msgspec.Struct, frozen=True):
    """A file that leaves: its name, its type, and its bytes as they come. Nothing of it touches a disk."""

    name: str
    content_type: str
    chunks: Iterator[bytes]


class CertificateView(msgspec.Struct, frozen=True):
    """A certificate of destruction, as people read it."""

    id: str
    record: str
    rule: str
    rule_words: str
    signers: tuple[PersonName, ...]
    destroyed_by: PersonName
    destroyed: datetime
    final: datetime
    removed_from: tuple[str, ...]
    backups: tuple[str, ...]
    caveat: str
    ledger_sequence: int
    replacement: str = ""
    """The record that stands for it now; empty where nothing does."""
    spans: tuple[tuple[int, int, int], ...] = ()
    """What that is without: from, to (ms since the sound began), channel or -1 for all."""
    copies: tuple[str, ...] = ()
    """Redacted copies of it that do not cover all of that: each has to be erased by itself."""
    kept: KeptAs | None = None
    """The form of the replacement's sound, where it is the same recording in another form."""


class FaultView(msgspec.Struct, frozen=True):
    """One thing that a check found wrong, the record that it concerns (or empty), and what to do."""

    kind: str
    record: str
    advice: str


class CheckView(msgspec.Struct, frozen=True):
    """One check of the vault: who asked, how far it is in per cent, what it found.

    `trouble` says why it could not be made; `leaves` counts records and acts together.
    """

    id: int
    asked: datetime
    asked_by: PersonName
    started: datetime | None
    finished: datetime | None
    share: int
    records: int
    leaves: int
    faults: tuple[FaultView, ...]
    notes: tuple[str, ...]
    trouble: str

    @property
    def sound(self) -> bool:
        """Whether it was made and found nothing wrong."""
        return self.finished is not None and not self.faults and not self.trouble
