"""`muniment key new`: a signing key for the command line or the API."""

from pathlib import Path
from typing import Annotated

import typer

from muniment.vault.authority import keyfile

app = typer.Typer(no_args_is_help=True)


@app.callback()
def key() -> None:
    """Make signing keys for the command line and the API."""


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
