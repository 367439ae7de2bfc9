"""`muniment init`: founds an installation and shows, once, what its people must keep."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from muniment.core import passphrase as passphrases
from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from muniment.vault import setup
from muniment.vault.authority import keyfile
from muniment.vault.keyring import UnlockedKeyring
from muniment.vault.setup import CUSTODIANS, Authority, Founding

STEPS: tuple[Callable[[Home, UnlockedKeyring, Founding], None], ...] = ()
"""What other rooms make when an installation is founded (the catalogue …), in order, after the vault."""


def command(
    home: Annotated[
        Path, typer.Option(help="The directory of the new installation; empty or not there yet.")
    ],
    organisation: Annotated[str, typer.Option(help="The name of its first organisation.")],
    passphrase_file: Annotated[Path | None, typer.Option(help="The file that holds the passphrase.")] = None,
    authority: Annotated[
        list[str] | None,
        typer.Option(
            help="A first authority, as NAME=PUBLIC_KEY_FILE; without, an enrolment link is printed."
        ),
    ] = None,
    custodian: Annotated[
        list[str] | None,
        typer.Option(help="Who keeps a recovery share; at least two, three if none is named."),
    ] = None,
    address: Annotated[str, typer.Option(help="Where the pages will be.")] = "http://localhost:8420",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Make a new installation: keys, two first authorities, an empty record."""
    place = Home(home)
    founding, keyring = setup.create_installation(
        place,
        name=organisation,
        passphrase=passphrases.read(passphrase_file),
        authorities=[_authority(text) for text in authority or ()],
        custodians=custodian or CUSTODIANS,
    )
    for step in STEPS:
        step(place, keyring, founding)
    links = {each.name: _link(address, founding.organisation, each.token) for each in founding.enrolments}
    typer.echo(_document(founding, links) if json else "\n".join(_page(founding, links, home)))


def _authority(text: str) -> Authority:
    name, equals, path = text.partition("=")
    if not name or not equals or not path:
        raise WrongUseError(f"{text!r} does not say NAME=PUBLIC_KEY_FILE.")
    public = keyfile.read_public(Path(path))
    return setup.authority_with_key(name, public.key, public.public)


def _link(address: str, organisation: str, token: str) -> str:
    return f"{address.rstrip('/')}/enrol/{organisation}/{token}"


def _document(founding: Founding, links: dict[str, str]) -> str:
    return msgspec.json.encode(
        {
            "organisation": founding.organisation,
            "authorities": {each.name: each.person for each in founding.authorities},
            "enrolment_links": links,
            "recovery_shares": {each.custodian: each.text for each in founding.shares},
        }
    ).decode()


def _page(founding: Founding, links: dict[str, str], home: Path) -> Sequence[str]:
    lines = [f"{founding.name} is founded: {founding.organisation}, in {home}."]
    if links:
        lines += ["", "Enrolment links, one for each authority. Each works once, and is shown only now:"]
        lines += [f"  {name}: {link}" for name, link in links.items()]
    lines += [
        "",
        "Recovery shares, one for each custodian. A majority of them brings back a lost passphrase.",
    ]
    lines += ["They are shown only now, and kept nowhere here:"]
    lines += [f"  {each.custodian}: {each.text}" for each in founding.shares]
    return lines
