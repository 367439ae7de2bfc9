"""`muniment recover`: sets a new passphrase with the shares that custodians keep on paper."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from muniment.core import passphrase as passphrases
from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from muniment.vault import shares
from muniment.vault.wrapping.passphrase import PassphraseWrapper


def command(
    home: Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")],
    new_passphrase_file: Annotated[
        Path | None, typer.Option(help="The file with the new passphrase.")
    ] = None,
    share_file: Annotated[
        list[Path] | None,
        typer.Option(
            help="A file with one share. Without any they are asked for, or read from standard input."
        ),
    ] = None,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Only see whether the shares would do. Nothing is changed.")
    ] = False,
    organisation: Annotated[
        str, typer.Option(help="Of this organisation's own key, by its org_… id; else of the installation.")
    ] = "",
    passphrase_file: Annotated[
        Path | None, typer.Option(help="The installation's passphrase; needed with --organisation only.")
    ] = None,
) -> None:
    """Set a new passphrase where the old one is lost. Each custodian types their own share; none is shown.

    With --rehearse nothing changes but the proof log, which says that the shares were good on that day. Exits
    with 3 if the shares are of another installation.
    """
    if rehearse == bool(new_passphrase_file):
        raise WrongUseError(
            "Give --new-passphrase-file FILE to recover, or --rehearse to see whether it would work."
        )
    from muniment.processes import passphrases as changing

    place = Home(home.absolute())
    if organisation:
        told = _of_organisation(place, organisation, passphrase_file, share_file or [], new_passphrase_file)
    elif new_passphrase_file:
        new = passphrases.read_file(new_passphrase_file)
        told = changing.recover(place, _shares(share_file or []), new)
    else:
        told = changing.rehearse(place, _shares(share_file or []))
    typer.echo(
        "These shares would do. Nothing was changed."
        if rehearse
        else "The new passphrase is set. The shares stay good: each custodian keeps theirs."
    )
    if told:
        typer.echo(told, err=True)


def _of_organisation(
    home: Home, organisation: str, passphrase_file: Path | None, files: list[Path], new: Path | None
) -> str:
    from muniment.processes import key_sources

    secret, given = passphrases.read(passphrase_file), _shares(files)
    if new is None:
        return key_sources.rehearse_organisation(home, secret, organisation, given)
    own = PassphraseWrapper(passphrases.read_file(new))
    return key_sources.recover_organisation(home, secret, organisation, given, own)


def _shares(files: list[Path]) -> list[str]:
    if files:
        return [path.read_text(encoding="utf-8") for path in files]
    if not sys.stdin.isatty():
        return [line for line in sys.stdin.read().splitlines() if line.strip()]
    given = [typer.prompt("First share", hide_input=True)]
    for number in range(2, shares.read(given[0]).threshold + 1):
        given.append(typer.prompt(f"Share {number} of {shares.read(given[0]).threshold}", hide_input=True))
    return given
