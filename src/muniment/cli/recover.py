"""`muniment recover`: sets a new passphrase with the shares that custodians keep on paper."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from muniment.core import passphrase as passphrases
from muniment.core.home import Home
from muniment.vault import shares


def command(
    home: Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")],
    new_passphrase_file: Annotated[Path, typer.Option(help="The file with the new passphrase.")],
    share_file: Annotated[
        list[Path] | None,
        typer.Option(
            help="A file with one share. Without any they are asked for, or read from standard input."
        ),
    ] = None,
) -> None:
    """Set a new passphrase where the old one is lost. Each custodian types their own share; none is shown.

    Exits with 3 if the shares are of another installation.
    """
    from muniment.processes import passphrases as changing

    new = passphrases.read(new_passphrase_file)
    told = changing.recover(Home(home.absolute()), _shares(share_file or []), new)
    typer.echo("The new passphrase is set. The shares stay good: each custodian keeps theirs.")
    if told:
        typer.echo(told, err=True)


def _shares(files: list[Path]) -> list[str]:
    if files:
        return [path.read_text(encoding="utf-8") for path in files]
    if not sys.stdin.isatty():
        return [line for line in sys.stdin.read().splitlines() if line.strip()]
    given = [typer.prompt("First share", hide_input=True)]
    for number in range(2, shares.read(given[0]).threshold + 1):
        given.append(typer.prompt(f"Share {number} of {shares.read(given[0]).threshold}", hide_input=True))
    return given
