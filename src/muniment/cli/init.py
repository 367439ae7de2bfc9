"""`muniment init`: founds an installation and shows, once, what its people must keep."""

from pathlib import Path
from typing import Annotated

import typer

from muniment.cli import sources as options
from muniment.cli.founded import authority_of, told
from muniment.core import passphrase as passphrases
from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from muniment.processes import founding as founder
from muniment.vault.setup import CUSTODIANS


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
    service: options.Service = "",
    key_name: options.KeyName = "",
    mount: options.Mount = "",
    namespace: options.Namespace = "",
    key_authority: options.Authority = None,
    token_file: options.TokenFile = None,
    key_epochs: options.Epochs = False,
    organisation_passphrase_file: Annotated[
        Path | None, typer.Option(help="A passphrase of the first organisation's own, besides.")
    ] = None,
    share_pages: Annotated[
        bool, typer.Option("--share-pages", help="Print the recovery shares as one page for each custodian.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Make a new installation: keys, two first authorities, an empty record.

    The master key is under the passphrase, or under a key service: then no passphrase is needed.
    """
    source = options.key_service(
        service, key_name, mount, namespace, key_authority, token_file, epochs=key_epochs
    )
    if source and passphrase_file:
        raise WrongUseError("Name a passphrase file or a key service, not both.")
    made = founder.found(
        Home(home.absolute()),
        b"" if source else passphrases.read_new(passphrase_file),
        founder.Plan(
            name=organisation,
            authorities=[authority_of(text) for text in authority or ()],
            custodians=custodian or CUSTODIANS,
            address=address,
            pack=pack,
            mail=mail,
            source=source,
            own=options.one_of(None, organisation_passphrase_file, opens="the organisation's key"),
        ),
    )
    typer.echo(told(made, address, home, as_json=json, share_pages=share_pages))
