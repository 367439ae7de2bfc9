"""`muniment restore`: a new home from a backup, checked before it can be used."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from muniment.cli.backup import Endpoint, Region, show
from muniment.core import passphrase
from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.core.home import Home
from muniment.vault.authority import signing
from muniment.vault.backup.places import place
from muniment.vault.backup.restoring import Choice, losses, restore
from muniment.vault.backup.s3_client import Access


def command(  # noqa: PLR0917 - Typer reads each option from a parameter
    backup: Annotated[
        str, typer.Argument(metavar="PLACE", help="The backup: a folder, or s3://bucket/prefix.")
    ],
    home: Annotated[Path, typer.Option(help="The new home; empty or not there yet.")],
    generation: Annotated[str, typer.Option(help="Which keys; else the newest.")] = "",
    expired: Annotated[
        bool, typer.Option("--expired", help="Use keys that should be gone by now. The ledger will say so.")
    ] = False,
    checkpoint: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint that was kept elsewhere. May be repeated.")
    ] = None,
    statements: Annotated[
        Path | None,
        typer.Option(
            help="Write here what two authorities have to sign about lost entries, and restore nothing."
        ),
    ] = None,
    signed: Annotated[
        list[Path] | None, typer.Option(help="What muniment sign printed for one of them. Give two of each.")
    ] = None,
    endpoint: Endpoint = "",
    region: Region = "",
    passphrase_file: Annotated[Path | None, typer.Option(help="The file with the passphrase.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Restore a backup into a new home and verify all of it.

    What was erased stays erased. The ledger goes on with an entry that names the backup. Catalogue and index
    are made anew once the server runs. Ends with 1 if anything is damaged: then do not use the new home.

    A backup that ends before a signed head is refused. If there is no other: --statements FOLDER writes what
    would be lost; two authorities sign that with muniment sign; with both results as --signed the ledger
    goes on in a new shard, which says to everybody what was lost.
    """
    notes = tuple(_text(path) for path in checkpoint or ())
    agreed = tuple(signing.from_json(_text(path)) for path in signed or ())
    choice = Choice(generation=generation, expired=expired, checkpoints=notes, signed=agreed)
    where = place(backup, access=Access(endpoint, region))
    if statements is not None:
        _write(statements, losses(where, choice))
        return
    restored = restore(where, Home(home.absolute()), passphrase.read(passphrase_file), choice)
    if as_json:
        typer.echo(msgspec.json.encode(restored).decode())
    else:
        show(restored)
    if restored.faults:
        raise typer.Exit(FaultFoundError.exit_status)


def _write(folder: Path, texts: dict[str, bytes]) -> None:
    if not texts:
        typer.echo("Nothing is known to be lost: nobody has to sign anything.")
    for organisation, text in texts.items():
        path = folder / f"{organisation}.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
        except OSError as error:
            raise NotAvailableError(f"{path} cannot be written.", why=f"{error.strerror}.") from error
        typer.echo(f"Written: {path}. Two authorities sign it: muniment sign {path} --key FILE")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotAvailableError(f"{path} cannot be read.", why=f"{error}.") from error
