"""`muniment key`: a signing key for the command line or the API; the epoch turned by hand; the master key's wrapper."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from muniment.cli import key_wrapper
from muniment.core import passphrase
from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from muniment.vault import client
from muniment.vault.authority import keyfile

app = typer.Typer(no_args_is_help=True)
app.add_typer(key_wrapper.app, name="wrapper", help="See and change what wraps the master key.")


@app.callback()
def key() -> None:
    """Make signing keys, and turn the epoch of the keys that seal records."""


@app.command()
def new(
    path: Annotated[
        Path, typer.Argument(help="Where the private key goes; the public part beside it, as .pub.")
    ],
    person: Annotated[str, typer.Option(help="Whose key it is: a per_… identifier.")] = "",
) -> None:
    """Make an Ed25519 key pair. Nothing counts until two authorities have registered the public part."""
    made = keyfile.generate(person)
    public = keyfile.write(path, made)
    typer.echo(f"{made.key}\nPrivate: {path} (keep it to yourself)\nPublic:  {public} (have it registered)")


@app.command()
def turn(
    home: Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")],
    organisation: Annotated[str, typer.Option(help="One organisation, by its org_… id; else all.")] = "",
    passphrase_file: Annotated[Path | None, typer.Option(help="The file that holds the passphrase.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Wrap every record's key anew and destroy the key they were wrapped with before.

    The server does so by itself before 30 days are over. By hand it makes erasures final sooner, save for
    copies of the keys that a backup still holds. Works while the server runs.
    """
    with client.connect(Home(home.absolute()), passphrase.read(passphrase_file)) as doors:
        chosen = [
            each for each in doors.desk.status().organisations if organisation in {"", each.organisation}
        ]
        if organisation and not chosen:
            raise WrongUseError(f"There is no organisation {organisation} here.")
        waiting = [each.organisation for each in chosen if each.locked and not organisation]
        names = [each.organisation for each in chosen if each.organisation not in waiting]
        for name in names:
            doors.desk.turn_epoch(name)
        turned = {
            each.organisation: each.epoch
            for each in doors.desk.status().organisations
            if each.organisation in names
        }
    for name in waiting:
        typer.echo(f"{name} is locked: its epoch cannot turn until somebody unlocks it.", err=True)
    if as_json:
        typer.echo(msgspec.json.encode({"epochs": turned}).decode())
    else:
        for name, epoch in turned.items():
            typer.echo(f"{name}: epoch {epoch}; the key of every earlier one is destroyed.")
