"""What the headers of a mail mean, for people who are not engineers."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

MEANINGS: Final[dict[str, str]] = {
    "arc-authentication-results": "What a server on the way found when it checked the sender.",
    "arc-message-signature": "A server's seal over the message as it passed through.",
    "arc-seal": "A server's seal over the seals before it.",
    "authentication-results": "Whether the receiving server could confirm the sender's domain.",
    "auto-submitted": "Whether a program sent it, such as an out-of-office reply.",
    "bcc": "Who got a copy without the others seeing it.",
    "cc": "Who got a copy.",
    "content-language": "The language that the sender's program was set to.",
    "content-transfer-encoding": "How the letters are written for transport.",
    "content-type": "What kind of content follows, and how its parts are kept apart.",
    "date": "When the sender's machine says that it was written. The sender can set it.",
    "delivered-to": "The mailbox that it was put into.",
    "dkim-signature": "The sending domain's signature: shows whether the message was changed on the way.",
    "from": "Whom it says it is from. Without a signature the sender can write anything here.",
    "importance": "How important the sender marked it.",
    "in-reply-to": "The message that this one answers.",
    "list-id": "The mailing list that it came through.",
    "list-unsubscribe": "How to leave the mailing list.",
    "message-id": "The message's own name, given by the program that sent it.",
    "mime-version": "That the message is made of parts as the standard says.",
    "priority": "How urgent the sender marked it.",
    "received": "One server's stamp on the way; the lowest one is the first.",
    "received-spf": "Whether the server that sent it may send for this domain.",
    "references": "The messages of the conversation before this one.",
    "reply-to": "Where an answer goes, if not to the sender.",
    "return-path": "Where a failure to deliver is reported.",
    "sender": "Who sent it in the name of the one under “From”.",
    "sensitivity": "Whether the sender marked it private or confidential.",
    "subject": "What the sender wrote as its subject.",
    "thread-index": "Its place in the conversation, as Outlook keeps it.",
    "thread-topic": "The subject of the whole conversation, as Outlook keeps it.",
    "to": "To whom it was addressed.",
    "user-agent": "The program that it was written with.",
    "x-mailer": "The program that it was written with.",
    "x-originating-ip": "The network address that it was sent from.",
    "x-priority": "How urgent the sender marked it.",
}


@dataclass(frozen=True)
class Header:
    """One line of a mail's head, with what it means; empty where it is a program's own."""

    name: str
    value: str
    meaning: str


def explained(headers: Iterable[tuple[str, str]]) -> tuple[Header, ...]:
    """The headers in their order, each with its meaning."""
    return tuple(Header(name, value, meaning(name)) for name, value in headers)


def meaning(name: str) -> str:
    """What a header means, whatever the case of its name."""
    known = MEANINGS.get(name.lower(), "")
    if known or not name.lower().startswith("x-"):
        return known
    return "A program's own note; no standard says what it means."
