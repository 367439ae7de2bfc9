"""One mail before a client has made bytes of it, and what it quotes of the mail it answers."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from muniment.demo.corpus.correspondents import Client, Correspondent
from muniment.demo.corpus.working_time import LONDON

LONGEST_QUOTE = 24  # lines that people of the quoting kind leave standing


@dataclass(frozen=True)
class Attached:
    """A file with its name and its media type."""

    name: str
    kind: str
    data: bytes


@dataclass(frozen=True)
class Letter:
    """What a person wrote, to whom, and in answer to what."""

    sender: Correspondent
    to: tuple[Correspondent, ...]
    subject: str
    own: str
    """The new text: greeting, body, closing, signature and footer, without what it quotes."""
    date: datetime
    cc: tuple[Correspondent, ...] = ()
    attachments: tuple[Attached, ...] = ()
    answers: "Letter | None" = None
    forwards: bool = False
    sensitivity: str = ""
    """RFC 4021 2.1.55: Personal, Private or Company-Confidential."""
    client: Client | None = None
    """Where it is not the sender's usual one: the phone, in the evening."""
    important: bool = False

    @property
    def program(self) -> Client:
        """The client that makes the bytes."""
        return self.client or self.sender.client

    @cached_property
    def subject_line(self) -> str:
        """The subject with what the client puts before it."""
        if self.answers is None:
            return self.subject
        prefix = ("Fwd: " if self.program is Client.PHONE else "FW: ") if self.forwards else "Re: "
        if self.program is Client.OUTLOOK and not self.forwards:
            prefix = "RE: "
        return prefix + self.subject

    @cached_property
    def seed(self) -> str:
        """What every arbitrary detail of the bytes is drawn from: the same letter, the same bytes."""
        named = f"{self.sender.address}|{self.date.timestamp()}|{self.subject}|{self.own}"
        return hashlib.sha256(named.encode()).hexdigest()

    @cached_property
    def message_id(self) -> str:
        """In the manner of the client."""
        host, digest = self.sender.firm.domain, self.seed.upper()
        match self.program:
            case Client.OUTLOOK:
                return f"<LO{digest[0]}P{digest[1:4]}MB{digest[4:8]}{digest[8:32]}@mail.{host}>"
            case Client.PHONE | Client.THUNDERBIRD:
                parts = (digest[:8], digest[8:12], "4" + digest[12:15], "A" + digest[15:18], digest[18:30])
                text = "-".join(parts)
                return f"<{text if self.program is Client.PHONE else text.lower()}@{host}>"
            case Client.WEBMAIL:
                return f"<CA+{self.seed[:24]}={digest[24:40]}@mail.{host}>"
            case _:
                return f"<{self.date:%Y%m%d%H%M%S}.{self.seed[:10]}@{host}>"

    @cached_property
    def references(self) -> tuple[str, ...]:
        """The thread so far, oldest first (RFC 5322 3.6.4)."""
        return () if self.answers is None else (*self.answers.references, self.answers.message_id)

    @cached_property
    def depth(self) -> int:
        """How many letters of the thread came before."""
        return 0 if self.answers is None else self.answers.depth + 1

    @cached_property
    def text(self) -> str:
        """Own text and quoted text as the client lays them out."""
        if self.answers is None:
            return self.own
        earlier = self.answers
        match self.program:
            case Client.THUNDERBIRD if not self.forwards:
                lines = earlier.text.split("\n")[:LONGEST_QUOTE]
                quoted = _angled("\n".join(lines))
                return f"On {_short(earlier)}, {earlier.sender.name} wrote:\n{quoted}\n\n{self.own}"
            case Client.PHONE:
                mailbox = f"{earlier.sender.name} <{earlier.sender.address}>"
                return f"{self.own}\n\n> On {_apple(earlier)}, {mailbox} wrote:\n> \n{_angled(earlier.text)}"
            case Client.WEBMAIL:
                mailbox = f"{earlier.sender.name} <{earlier.sender.address}>"
                return f"{self.own}\n\nOn {_webmail(earlier)}, {mailbox} wrote:\n\n{_angled(earlier.text)}"
            case _:
                return f"{self.own}\n\n{quoted_header(earlier)}\n\n{earlier.text}"


def quoted_header(earlier: Letter) -> str:
    """The block that Outlook puts above what it quotes."""
    lines = [
        f"From: {earlier.sender.name} <{earlier.sender.address}>",
        f"Sent: {earlier.date.astimezone(LONDON):%d %B %Y %H:%M}",
        "To: " + "; ".join(f"{each.name} <{each.address}>" for each in earlier.to),
    ]
    if earlier.cc:
        lines.append("Cc: " + "; ".join(f"{each.name} <{each.address}>" for each in earlier.cc))
    lines.append(f"Subject: {earlier.subject_line}")
    return "\n".join(lines)


def _angled(text: str) -> str:
    return "\n".join((">" if line.startswith(">") else "> ") + line for line in text.split("\n"))


def _short(letter: Letter) -> str:
    return f"{letter.date:%d/%m/%Y %H:%M}"


def _apple(letter: Letter) -> str:
    return f"{letter.date.day} {letter.date:%b %Y}, at {letter.date:%H:%M}"


def _webmail(letter: Letter) -> str:
    return f"{letter.date:%a}, {letter.date.day} {letter.date:%b %Y} at {letter.date:%H:%M}"
