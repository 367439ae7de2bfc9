"""Who writes to whom: people, the firms they are of, and the program each writes with."""

from dataclasses import dataclass
from enum import StrEnum


class Client(StrEnum):
    """The program that makes a mail's bytes; each has its own habits (see `clients`)."""

    AUTOMATIC = "automatic"
    OUTLOOK = "outlook"
    PHONE = "phone"
    THUNDERBIRD = "thunderbird"
    TICKETS = "tickets"
    WEBMAIL = "webmail"


@dataclass(frozen=True)
class Firm:
    """An organisation as its letterhead shows it."""

    name: str
    domain: str
    footer: str = ""
    """What its mails end with: registered office, company number, part of the United Kingdom."""
    telephone: str = ""


@dataclass(frozen=True)
class Correspondent:
    """One writer of mail."""

    name: str
    address: str
    firm: Firm
    title: str = ""
    client: Client = Client.OUTLOOK
    groups: tuple[str, ...] = ()
    """What a scene may cast this person as."""
    called: str = ""
    """The short name others use; the first name if empty."""
    closings: tuple[str, ...] = ("Kind regards",)
    greetings: tuple[str, ...] = ("Hi {first},",)
    careless: float = 0.0
    """How often a mail of theirs has a slip of the keyboard, from 0 to 1."""
    telephone: str = ""
    honorific: str = ""

    @property
    def first(self) -> str:
        """What they are called by those who know them."""
        return self.called or self.name.split()[0]

    @property
    def surname(self) -> str:
        """With title where there is one: `Mr Maddox`."""
        last = self.name.split()[-1]
        return f"{self.honorific} {last}".strip()
