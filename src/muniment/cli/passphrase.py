"""`muniment passphrase`: replaces the passphrase of an installation."""

from pathlib import Path
from typing import Annotated

import typer

from muniment.core import passphrase as passphrases
from muniment.core.home import Home


def command(
    home: Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")],
    new_passphrase_file: Annotated[Path, typer.Option(help="The file with the new passphrase.")],
    passphrase_file: Annotated[Path | None, typer.Option(help="The file with the old one.")] = None,
) -> None:
    """Replace the passphrase; the old one opens nothing from then on. The server may run meanwhile."""
    from muniment.processes import passphrases as changing

    old, new = passphrases.read(passphrase_file), passphrases.read(new_passphrase_file)
    told = changing.change(Home(home.absolute()), old, new)
    typer.echo("The passphrase is changed. Copies of the keyring in old backups still open with the old one.")
    if told:
        typer.echo(told, err=True)
