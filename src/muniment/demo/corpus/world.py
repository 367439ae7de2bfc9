"""Everybody who writes or is written to, by the groups that scenes cast from."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

from muniment.demo.corpus.correspondents import Client, Correspondent, Firm
from muniment.demo.personas import ORGANISATIONS, WETHERCOTE

_HONORIFICS = ("Mr and Mrs", "Mr", "Mrs", "Ms", "Miss", "Dr", "Captain", "Canon")
SERVICE_DESK = Correspondent(
    name="Wethercote Service Desk",
    address=f"service.desk@{WETHERCOTE.domain}",
    firm=WETHERCOTE,
    client=Client.TICKETS,
    called="Service Desk",
)
"""The ticket system, which writes for everybody on the desk."""

_PLAIN = str.maketrans("ńóëâ", "noea")


@dataclass(frozen=True)
class World:
    """All correspondents, inside and outside."""

    people: tuple[Correspondent, ...]

    def group(self, name: str) -> tuple[Correspondent, ...]:
        """Everybody in a group, or the one whose address begins with the name."""
        found = tuple(each for each in self.people if name in each.groups)
        return found or tuple(each for each in self.people if each.address.split("@")[0] == name)

    def of_firm(self, domain: str) -> tuple[Correspondent, ...]:
        """Everybody with an address there."""
        return tuple(each for each in self.people if each.firm.domain == domain)


def load() -> World:
    """Personas and outsiders together."""
    inside = [each.writer for organisation in ORGANISATIONS for each in organisation.personas]
    outside = tomllib.loads(files(__package__).joinpath("world.toml").read_text(encoding="utf-8"))
    return World((*inside, SERVICE_DESK, *_outsiders(outside["firm"])))


def _outsiders(firms: Iterable[dict[str, object]]) -> Iterable[Correspondent]:
    number = 0
    for given in firms:
        firm = Firm(name=str(given["name"]), domain=str(given["domain"]))
        people, groups = given["people"], given["groups"]
        if not isinstance(people, list) or not isinstance(groups, list):
            continue
        for line in people:
            number += 1
            yield _outsider(str(line), firm, tuple(map(str, groups)), number)


def _outsider(line: str, firm: Firm, groups: tuple[str, ...], number: int) -> Correspondent:
    full, title, client = line.split("|")
    honorific = next(each for each in _HONORIFICS if full.startswith(f"{each} "))
    name = full.removeprefix(f"{honorific} ")
    local = name.lower().replace(" ", ".").replace("'", "").translate(_PLAIN)
    formal = ("Kind regards", "Regards", "Many thanks")
    brief = ("Thanks", "Cheers", "Regards")
    return Correspondent(
        name=name,
        address=f"{local}@{firm.domain}",
        firm=firm,
        title=title,
        client=Client(client),
        groups=groups,
        closings=brief if client == "phone" else formal,
        greetings=("Hi {first}", "{first},") if client == "phone" else ("Hi {first},", "Dear {first},"),
        careless=0.25 if client == "phone" else 0.06,
        telephone=f"01632 9605{number:02d}" if firm.name else f"07700 9001{number:02d}",
        honorific=honorific,
    )
