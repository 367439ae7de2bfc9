"""Whose message is it? For a listener that several organisations share, by domain (REQ 003).

1. The domains of the recipients of the envelope decide: each organisation that one of them belongs to
   gets its own sealed copy. So an organisation with a journal address in a domain of its own is sure of
   its mail, whatever a sender writes.
2. Where none of them belongs to anybody, and the message is a journal report, the report's recipients
   decide, and after them its sender.
3. What fits none is set apart: sealed for the organisation of the listener, marked, and found by nobody
   until the domain is assigned.

Header fields never decide: whoever writes a message writes them as well.
"""

import email
import email.policy
import re
from collections.abc import Iterable, Mapping
from email.message import Message as Part

from muniment.capture.mail.conversation import Message

LARGEST_ENVELOPE = 1024 * 1024  # bytes of a report that are looked at; ten thousand recipients fit
_REPORT_FIELDS = ("X-MS-Journal-Report", "X-MS-Exchange-Journal-Report")
_RECIPIENTS = frozenset({"recipient", "to", "cc", "bcc"})
_SENDERS = frozenset({"sender", "on-behalf-of"})
_LINE = re.compile(r"^([A-Za-z-]+):[ \t]*(.*)$", re.MULTILINE)
_DOMAIN = re.compile(r"@([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)")


def organisations(message: Message, domains: Mapping[str, str]) -> tuple[str, ...]:
    """The `org_…` ids that a message belongs to, by `domains` (a domain in lower case → its organisation).

    Empty where it belongs to none.
    """
    for named in _named(message):
        found = dict.fromkeys(domains[domain] for domain in named if domain in domains)
        if found:
            return tuple(found)
    return ()


def _named(message: Message) -> Iterable[list[str]]:
    """Domains that may decide, the strongest first; the next are read only where those decide nothing."""
    yield [domain for address in message.envelope.recipients for domain in _domains(address)]
    lines = _report(message.original)
    for roles in (_RECIPIENTS, _SENDERS):
        yield [domain for role, text in lines if role in roles for domain in _domains(text)]


def _domains(text: str) -> list[str]:
    return [domain.lower().rstrip(".") for domain in _DOMAIN.findall(text)]


def _report(original: bytes) -> list[tuple[str, str]]:
    """The lines of a journal report's envelope; none where the message is no report or cannot be read."""
    head = original[:LARGEST_ENVELOPE]
    if not any(field.lower().encode() in head.lower() for field in _REPORT_FIELDS):
        return []
    try:
        report = email.message_from_bytes(head, policy=email.policy.compat32)
        if not any(field in report for field in _REPORT_FIELDS) or not report.is_multipart():
            return []
        parts = (part for part in report.get_payload() if isinstance(part, Part))
        first = next(part for part in parts if part.get_content_type() == "text/plain")
        text = bytes(first.get_payload(decode=True)).decode("utf-8", "replace").replace("\r\n", "\n")
    except Exception:  # noqa: BLE001 whatever a hostile report provokes, it is sealed and set apart
        return []
    return [(match[1].lower(), match[2]) for match in _LINE.finditer(text)]
