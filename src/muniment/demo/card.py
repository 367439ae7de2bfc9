"""`demo.json`: for each persona the link, the token and the signing key. Only a demo has such a file."""

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.core.home import Home
from muniment.vault.authority.keyfile import PrivateKeyFile


class SigningKey(msgspec.Struct, frozen=True):
    """A software key: its `key_…` id as the register names it, and its 32 private bytes."""

    key: str
    private: bytes


class PersonaCard(msgspec.Struct, frozen=True):
    """All that is needed to act as one persona, in the browser, by the API or on the command line."""

    key: str
    name: str
    title: str
    organisation: str
    person: str
    email: str
    roles: tuple[str, ...]
    link: str
    token: str
    """The last part of `link`, which stays the same when the port changes."""
    api_token: str
    signing_key: SigningKey


class OrganisationCard(msgspec.Struct, frozen=True):
    """One organisation, and where its mail server would send a copy of every mail."""

    key: str
    name: str
    organisation: str
    smtp: str
    journal: str
    sip: str = ""
    """Where its switch would have calls recorded; empty where no calls are."""


class TourStep(msgspec.Struct, frozen=True):
    """One step of the tour with everything filled in: names, links and addresses of this demo.

    `persona`, `name` and `sign_in` are empty for a step at a terminal, `address` and `command` where
    there is none.
    """

    number: int
    title: str
    persona: str
    name: str
    sign_in: str
    do: tuple[str, ...]
    see: tuple[str, ...]
    address: str
    command: str


class DemoCard(msgspec.Struct, frozen=True):
    """The whole file."""

    origin: str
    organisations: tuple[OrganisationCard, ...]
    personas: tuple[PersonaCard, ...]
    examples: dict[str, str] = {}
    """Ids that the tour links to, such as a request that waits."""
    tour: tuple[TourStep, ...] = ()
    """For the pages, which do not know this room and read the file."""
    desktop: str = ""
    """The token of the telephone desktop in accounts, which silences calls while a card is read out."""
    arrived: tuple[str, ...] = ()
    """What has arrived since the demo runs: calls by their keys, and what became of them."""

    def persona(self, key: str) -> PersonaCard:
        """The card of one persona; KeyError if there is none."""
        return {each.key: each for each in self.personas}[key]

    def organisation(self, key: str) -> OrganisationCard:
        """The card of one organisation; KeyError if there is none."""
        return {each.key: each for each in self.organisations}[key]


MAIL_PORTS = 2  # one for each organisation


@dataclass(frozen=True)
class Ports:
    """Where pages are, and where incoming mail begins: one port for each organisation, and one for calls."""

    pages: int
    mail: int

    @property
    def sip(self) -> int:
        """Where calls are recorded: the port after those for mail."""
        return self.mail + MAIL_PORTS

    @property
    def origin(self) -> str:
        """The address of the pages. Passkeys want a name, not a number."""
        return f"http://localhost:{self.pages}"


def read(home: Home) -> DemoCard:
    """NotAvailableError where the home is no demo; FaultFoundError where the file is damaged."""
    try:
        return msgspec.json.decode(home.demo.read_bytes(), type=DemoCard)
    except FileNotFoundError as error:
        raise NotAvailableError(
            f"{home.path} is not the home of a demo.", remedy="Make one with `make demo`."
        ) from error
    except msgspec.MsgspecError as error:
        raise FaultFoundError(
            f"{home.demo} is damaged.", remedy="Make the demo anew in an empty home."
        ) from error


def write(home: Home, card: DemoCard) -> None:
    """Write the file for its owner alone."""
    keep(home.demo, msgspec.json.format(msgspec.json.encode(card)) + b"\n")


def keep(path: Path, data: bytes) -> None:
    """Write a secret for its owner alone: aside first, then renamed into place."""
    aside = path.with_suffix(".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    aside.rename(path)


def moved(card: DemoCard, ports: Ports) -> DemoCard:
    """The same demo at other ports."""
    return msgspec.structs.replace(
        card,
        origin=ports.origin,
        organisations=tuple(
            msgspec.structs.replace(
                each,
                smtp=f"127.0.0.1:{ports.mail + number}",
                sip="" if number else f"127.0.0.1:{ports.sip}",
            )
            for number, each in enumerate(card.organisations)
        ),
        personas=tuple(
            msgspec.structs.replace(each, link=f"{ports.origin}/demo/{each.token}") for each in card.personas
        ),
    )


def private_key(card: PersonaCard) -> PrivateKeyFile:
    """The persona's key as the commands `sign` and `search` read it from a file."""
    return PrivateKeyFile(card.signing_key.key, card.signing_key.private, card.person)
