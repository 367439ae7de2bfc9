"""Which records belong to one conversation.

Mails go by Message-ID, In-Reply-To and References (RFC 5322, 3.6.4), recordings by the name that all
recordings of one call share.

A message joins what it refers to, whether that is held or not yet; one that refers to two
conversations makes them one. A Message-ID only groups: it never decides that two messages are the same.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from muniment.catalogue.queries import Name, listed, rows, run_many
from muniment.readers.calls import Call
from muniment.readers.contents import Content


@dataclass
class Threads:
    """The threads of one batch, worked out in memory; `save` writes what is new."""

    organisation: str
    _of: dict[str, str]
    _joined: dict[str, str] = field(default_factory=dict)
    _into: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, organisation: str, mails: Sequence[Content]) -> "Threads":
        """The threads that the Message-IDs of these mails belong to already."""
        wanted = {message for mail in mails for message in messages_of(mail)}
        found = rows(Name.THREADS_OF, {"organisation": organisation, "messages": listed(sorted(wanted))})
        return cls(organisation, {str(message): str(thread) for message, thread in found})

    def place(self, record: str, mail: Content) -> str:
        """The thread of a mail: an older record's id, or its own where it begins one."""
        messages = messages_of(mail)
        met = dict.fromkeys(self.now(self._of[message]) for message in messages if message in self._of)
        thread, *others = met or [record]
        for other in others:
            self._into[other] = thread
        for message in messages:
            if self._of.get(message) != thread:
                self._of[message] = self._joined[message] = thread
        return thread

    def now(self, thread: str) -> str:
        """What a thread has become by the merges of this batch."""
        while thread in self._into:
            thread = self._into[thread]
        return thread

    def save(self) -> None:
        """Write new memberships and merges; call it after the batch's records were added."""
        joined = [
            {"organisation": self.organisation, "message": message, "thread": self.now(thread)}
            for message, thread in self._joined.items()
        ]
        run_many(Name.JOIN_THREAD, joined)
        merges = [{"old": old, "into": self.now(old)} for old in self._into]
        run_many(Name.MERGE_MESSAGES, merges)
        run_many(Name.MERGE_RECORDS, merges)


def messages_of(mail: Content) -> tuple[str, ...]:
    """Digests of the Message-IDs that a mail has or names, oldest reference first, its own last."""
    named = dict.fromkeys(message for message in (*mail.references, mail.message_id) if message)
    return tuple(hashlib.sha256(message.encode("utf-8", "replace")).hexdigest() for message in named)


def message_digest(mail: Content) -> str:
    """The same for every copy of one message, whatever its way here added to its header.

    It covers what the author wrote: Message-ID, date, subject, author, text and attachments. Another
    message that borrows a Message-ID has another digest. Empty for what could not be read, and for a call: two recordings of one call are parts
    of it, not copies.
    """
    if mail.unreadable or isinstance(mail, Call):
        return ""
    digest = hashlib.sha256()
    authors = sorted(party.address for party in mail.parties if party.role == "from")
    date = mail.date.isoformat() if mail.date else ""
    contents = [attachment.sha256 for attachment in mail.attachments]
    for part in (mail.message_id, date, mail.subject, *authors, mail.text, *contents):
        encoded = part.encode("utf-8", "replace")
        digest.update(len(encoded).to_bytes(8) + encoded)
    return digest.hexdigest()
