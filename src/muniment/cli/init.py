"""`muniment init`: founds an installation and shows, once, what its people must keep."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from muniment.core import passphrase as passphrases
from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from muniment.processes import founding as founder
from muniment.vault import setup
from muniment.vault.authority import keyfile
from muniment.vault.setup import CUSTODIANS, Authority, Founding


def command(  # noqa: PLR0917 - Typer reads each option from a parameter
    home: Annotated[
        Path, typer.Option(help="The directory of the new installation; empty or not there yet.")
    ],
    organisation: Annotated[str, typer.Option(help="The name of its first organisation.")],
    passphrase_file: Annotated[Path | None, typer.Option(help="The file that holds the passphrase.")] = None,
    authority: Annotated[
        list[str] | None,
        typer.Option(
            help="A first authority, as NAME=PUBLIC_KEY_FILE; without, an enrolment link is printed. The "
            "first is the Data Controller, the second a director."
        ),
    ] = None,
    custodian: Annotated[
        list[str] | None,
        typer.Option(help="Who keeps a recovery share; at least two, three if none is named."),
    ] = None,
    address: Annotated[str, typer.Option(help="Where people will open the pages.")] = founder.DEFAULT_ADDRESS,
    pack: Annotated[
        str, typer.Option(help="The policy pack that says who approves what.")
    ] = founder.DEFAULT_PACK,
    mail: Annotated[
        str, typer.Option(help="Where mail is taken, such as 127.0.0.1:8425; else settings say it later.")
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Make a new installation: keys, two first authorities, an empty record."""
    made = founder.found(
        Home(home.absolute()),
        passphrases.read(passphrase_file),
        founder.Plan(
            name=organisation,
            authorities=[_authority(text) for text in authority or ()],
            custodians=custodian or CUSTODIANS,
            address=address,
            pack=pack,
            mail=mail,
        ),
    )
    founding = made.founding
    links = {each.name: _link(address, founding.organisation, each.token) for each in founding.enrolments}
    accounts = {name: _link(address, founding.organisation, token) for name, token in made.accounts.items()}
    said = _document(founding, links, accounts) if json else _page(founding, links, accounts, home)
    typer.echo(said)


def _authority(text: str) -> Authority:
    name, equals, path = text.partition("=")
    if not name or not equals or not path:
        raise WrongUseError(f"{text!r} does not say NAME=PUBLIC_KEY_FILE.")
    public = keyfile.read_public(Path(path))
    return setup.authority_with_key(name, public.key, public.public)


def _link(address: str, organisation: str, token: str) -> str:
    return f"{address.rstrip('/')}/enrol/{organisation}/{token}"


def _document(founding: Founding, links: dict[str, str], accounts: dict[str, str]) -> str:
    return msgspec.json.encode(
        {
            "organisation": founding.organisation,
            "authorities": {each.name: each.person for each in founding.authorities},
            "enrolment_links": links,
            "account_links": accounts,
            "recovery_shares": {each.custodian: each.text for each in founding.shares},
        }
    ).decode()


def _page(founding: Founding, links: dict[str, str], accounts: dict[str, str], home: Path) -> str:
    lines = [f"{founding.name} is founded: {founding.organisation}, in {home}."]
    if links:
        lines += [
            "",
            "Enrolment links, one for each first authority. Each works once, and is shown only now:",
        ]
        lines += [f"  {name}: {link}" for name, link in links.items()]
    if accounts:
        lines += ["", "Links by which authorities who brought a key make their account, each good once:"]
        lines += [f"  {name}: {link}" for name, link in accounts.items()]
    lines += [
        "",
        "Recovery shares, one for each custodian. A majority of them brings back a lost passphrase.",
        "They are shown only now, and kept nowhere here:",
    ]
    lines += [f"  {each.custodian}: {each.text}" for each in founding.shares]
    lines += ["", f"Next: muniment serve --home {home}"]
    return "\n".join(lines)
