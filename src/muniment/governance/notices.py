"""Mails that something waits: a sentence and a link, never a word of any record.

Acts put them in the outbox within their own transaction; the worker sends them. A mail server that is
down delays a notice and stops nothing.
"""

import smtplib
import ssl
from datetime import timedelta
from email.message import EmailMessage
from typing import Protocol

import structlog
from django.db.models import Q

from muniment.core import clock
from muniment.governance.models import Notice
from muniment.people import services as people

_log = structlog.get_logger(__name__)

FIRST_DELAY = timedelta(minutes=1)
MOST_ATTEMPTS = 12  # the delay doubles: about two days in all
AT_ONCE = 50


class Transport(Protocol):
    """Whatever takes a mail; it raises if it cannot."""

    def send(self, message: EmailMessage) -> None:
        """Hand one mail over."""


class SmtpTransport:
    """Sends through the organisation's own mail server."""

    def __init__(
        self, host: str, port: int, *, starttls: bool = True, authority: str = "", timeout: float = 20
    ) -> None:
        """`authority` is a PEM file to trust instead of the machine's own; `timeout` in seconds."""
        self._host, self._port, self._starttls, self._timeout = host, port, starttls, timeout
        self._authority = authority

    def send(self, message: EmailMessage) -> None:
        """Hand one mail over; OSError or smtplib.SMTPException if the server does not take it.

        With STARTTLS the server must show a certificate for its name: a notice goes to nobody else.
        """
        with smtplib.SMTP(self._host, self._port, timeout=self._timeout) as server:
            if self._starttls:
                server.starttls(context=ssl.create_default_context(cafile=self._authority or None))
            server.send_message(message)


class ConsoleTransport:
    """Says in the log that a notice is there: for a demo, which has no mail server."""

    def send(self, message: EmailMessage) -> None:
        """Write the subject to the log; the text stays in the outbox."""
        _log.info("notice.shown", subject=str(message["Subject"]))


def tell(person: str, subject: str, body: str, path: str) -> None:
    """Put a notice in the outbox; nothing happens for somebody without an account."""
    reader = people.view(person)
    if reader.email:
        Notice.objects.create(
            organisation_id=reader.organisation, person_id=person, subject=subject, body=body, path=path
        )


def send_waiting(transport: Transport, *, sender: str, address: str) -> int:
    """Send what waits and is due, and say how many were sent.

    `address` is the site's own, such as `https://muniment.example`, `sender` what stands in From.
    """
    now = clock.now()
    due = Notice.objects.filter(Q(next_attempt__isnull=True) | Q(next_attempt__lte=now), sent__isnull=True)
    sent = 0
    for notice in due.filter(attempts__lt=MOST_ATTEMPTS)[:AT_ONCE]:
        sent += _send(transport, notice, sender, address)
    return sent


def _send(transport: Transport, notice: Notice, sender: str, address: str) -> bool:
    reader = people.view(notice.person_id)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, reader.email, notice.subject
    message.set_content(f"{notice.body}\n\n{address.rstrip('/')}{notice.path}\n")
    notice.attempts += 1
    try:
        transport.send(message)
    except (OSError, smtplib.SMTPException) as error:
        notice.next_attempt = clock.now() + FIRST_DELAY * 2 ** (notice.attempts - 1)
        notice.trouble = type(error).__name__
        _log.warning("notice.failed", notice=notice.pk, error=type(error).__name__)
    else:
        notice.sent, notice.trouble = clock.now(), ""
    notice.save()
    return notice.sent is not None
