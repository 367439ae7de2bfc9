"""`muniment key wrapper`: what wraps the master key, and putting it under something else."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from muniment.cli import sources as options
from muniment.core import passphrase
from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from muniment.vault import keyring_file
from muniment.vault.keyring import wrapping_of
from muniment.vault.wrapping.sources import here
from muniment.vault.wrapping.wrapper import ByService

app = typer.Typer(no_args_is_help=True)

HomeOption = Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")]


@app.callback()
def wrapper() -> None:
    """See and change what wraps the master key: a passphrase, or a key service that other people run."""


@app.command()
def show(
    home: HomeOption,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Say what wraps the master key and each organisation's own. It needs no passphrase and shows no secret."""
    place = Home(home.absolute())
    wrapping = wrapping_of(place)
    service = here(place, wrapping.service) if isinstance(wrapping, ByService) else None
    own = {name: keys.own for name, keys in keyring_file.read(place).organisations.items()}
    if as_json:
        document = {"kind": "key-service" if service else "passphrase", "service": service, "own": own}
        typer.echo(msgspec.json.encode(document).decode())
        return
    if service:
        typer.echo(f"The master key is under the key {service.key} of {service.url}, mount {service.mount}.")
        for name, value in (("Namespace", service.namespace), ("Authority", service.authority)):
            typer.echo(f"{name}: {value or 'none named'}")
        typer.echo(f"Each epoch under a key of its own there: {'yes' if service.epochs else 'no'}")
        typer.echo(f"Token file: {service.token_file or 'none named'}")
    else:
        typer.echo("The master key is under a passphrase (argon2id).")
    for name, kind in own.items():
        words = {"passphrase": "a passphrase of its own", "key-service": "a key of its own in a key service"}
        typer.echo(f"{name}: {words.get(kind, 'under the master key alone')}")


@app.command(name="set")
def set_(  # noqa: PLR0917 - Typer reads each option from a parameter
    home: HomeOption,
    new_passphrase_file: Annotated[
        Path | None, typer.Option(help="Put it under a passphrase: the file that holds it.")
    ] = None,
    service: options.Service = "",
    key_name: options.KeyName = "",
    mount: options.Mount = "",
    namespace: options.Namespace = "",
    authority: options.Authority = None,
    token_file: options.TokenFile = None,
    key_epochs: options.Epochs = False,
    passphrase_file: Annotated[
        Path | None, typer.Option(help="The passphrase until now, if it was one.")
    ] = None,
) -> None:
    """Put the master key under another source, and destroy the wrapping before. The server may run or not.

    Example: muniment key wrapper set --key-service https://vault.example:8200 --token-file /run/muniment/token
    """
    from muniment.processes import key_sources

    named = options.key_service(service, key_name, mount, namespace, authority, token_file, epochs=key_epochs)
    source = options.one_of(named, new_passphrase_file)
    if source is None:
        raise WrongUseError(
            "It is not said what the master key is to be put under.",
            remedy="Give --key-service URL or --new-passphrase-file FILE.",
        )
    told = key_sources.set_source(Home(home.absolute()), passphrase.read(passphrase_file), source)
    typer.echo(
        f"The master key is under {source.name}. Copies of the keyring in old backups open as they did."
    )
    if told:
        typer.echo(told, err=True)
