"""Sends one mail to a running demo, as its mail server would, and counts before and after."""

import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from muniment.core import clock
from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.home import Home
from muniment.demo import card as cards
from muniment.demo.card import DemoCard, OrganisationCard
from muniment.vault.client import DeskDoor

TIMEOUT = 20.0  # seconds


@dataclass(frozen=True)
class Sent:
    """What the journal sink answered, and how many records the organisation held before and after."""

    answer: str
    organisation: str
    before: int
    after: int


def send(home: Home, *, sender: str, to: str, subject: str, text: str) -> Sent:
    """Send it; when this returns, the mail is sealed on stable storage.

    WrongUseError if `to` is nobody's address here; NotAvailableError if the demo does not run.
    """
    card = cards.read(home)
    organisation = _organisation(card, to)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"], message["Message-ID"] = (
        format_datetime(clock.now()),
        make_msgid(domain="visitor.example"),
    )
    message.set_content(text)
    with DeskDoor(home.socket("desk")) as desk:
        before = _held(desk, organisation)
        answer = _deliver(organisation, sender, message)
        return Sent(answer, organisation.name, before, _held(desk, organisation))


def _organisation(card: DemoCard, to: str) -> OrganisationCard:
    domain = to.rpartition("@")[2].lower()
    for persona in card.personas:
        if persona.email.rpartition("@")[2] == domain:
            return next(each for each in card.organisations if each.organisation == persona.organisation)
    raise WrongUseError(f"{to} is nobody's address in this demo.", remedy="Write to one of its people.")


def _deliver(organisation: OrganisationCard, sender: str, message: EmailMessage) -> str:
    host, _, port = organisation.smtp.rpartition(":")
    try:
        with smtplib.SMTP(host, int(port), timeout=TIMEOUT) as server:
            server.ehlo()
            server.mail(sender)
            server.rcpt(organisation.journal)
            code, answer = server.data(message.as_bytes())
    except OSError as error:
        raise NotAvailableError(
            "The mail could not be handed over.", why=f"{error}.", remedy="Is the demo running?"
        ) from error
    words = answer.decode("ascii", "replace")
    if code != 250:  # noqa: PLR2004  RFC 5321 4.2.1: requested action completed
        raise NotAvailableError("The mail was not taken.", why=f"{code} {words}.", remedy="Try again later.")
    return f"{code} {words}"


def _held(desk: DeskDoor, organisation: OrganisationCard) -> int:
    status = {each.organisation: each for each in desk.status().organisations}
    return status[organisation.organisation].records
