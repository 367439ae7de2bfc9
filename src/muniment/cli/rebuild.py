"""`muniment rebuild`: makes catalogue and index anew from the vault."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress, TimeRemainingColumn

from muniment.core import passphrase
from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from muniment.processes import rebuilding
from muniment.vault.authority import keyfile, signing, statements, summary


def command(
    home: Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")],
    organisation: Annotated[str, typer.Option(help="Whose catalogue and index, by the org_… id.")],
    key: Annotated[Path, typer.Option(help="The private key file of somebody who may decide.")],
    reason: Annotated[str, typer.Option(help="Why; it is written to the proof log.")],
    person: Annotated[str, typer.Option(help="Who signs, where the key file does not say so.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, also on a terminal.")] = False,
    passphrase_file: Annotated[Path | None, typer.Option(help="The file with the passphrase.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Drop catalogue and index, and make them again: for an index that is damaged or lost.

    The server must be stopped. Every record is read once more by the system, so somebody who may decide signs.
    Example: muniment rebuild --organisation org_… --key ann.key --reason "The index file is damaged."
    """
    secret, private = passphrase.read(passphrase_file), keyfile.read_private(key)
    signer = person or private.person
    if not signer:
        raise WrongUseError("It is not said who signs.", remedy="Give --person.")
    warrant, text = rebuilding.prepare(organisation, person=signer, reason=reason)
    lines = [line for part in (warrant, text) for line in summary.in_words(statements.read_any(part))]
    for line in dict.fromkeys(lines):
        typer.echo(line, err=True)
    if not yes and sys.stdin.isatty():
        typer.confirm("Sign this?", abort=True, err=True)
    signed = signing.sign_with_key(private.signer, text, person=signer, key=private.key)
    with Progress(
        *Progress.get_default_columns()[:-1], TimeRemainingColumn(), console=Console(stderr=True)
    ) as bar:
        task = bar.add_task("Reading the ledger again", total=None)
        records = rebuilding.rebuild(
            Home(home.absolute()),
            secret,
            organisation,
            warrant,
            signed,
            lambda done, of: bar.update(task, completed=done, total=of),
        )
    if as_json:
        typer.echo(msgspec.json.encode({"organisation": organisation, "records": records}).decode())
    else:
        typer.echo(f"Catalogue and index are made anew, from {records} records.")
