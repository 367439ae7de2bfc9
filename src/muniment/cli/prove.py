"""`muniment prove`: checks an evidence bundle, without keys and without a network."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.vault.checkpoint import LedgerVerifier
from muniment.vault.prove import Proved, prove


def command(
    bundle: Annotated[Path, typer.Argument(help="The bundle: a folder, or a ZIP file of one.")],
    ledger_key: Annotated[
        Path | None, typer.Option(help="A file with the organisation's ledger key, from a source you trust.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Check that a bundle's record is what was captured, and that every opening of it is listed.

    Exits with 1 if any step of the proof fails.
    """
    found = prove(bundle, _trusted(ledger_key))
    if as_json:
        typer.echo(msgspec.json.encode({"holds": found.holds, **msgspec.structs.asdict(found)}).decode())
    else:
        _show(found, trusted=ledger_key is not None)
    if not found.holds:
        raise typer.Exit(FaultFoundError.exit_status)


def _trusted(path: Path | None) -> LedgerVerifier | None:
    if path is None:
        return None
    try:
        return LedgerVerifier.parse(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise NotAvailableError(f"The ledger key {path} cannot be read.", why=f"{error}.") from error


def _show(found: Proved, *, trusted: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for check in found.checks:
        mark = "[green]yes[/]" if check.passed else "[bold red]NO[/] "
        console.print(f"{mark}  {check.name}")
        if check.detail:
            console.print(f"     {check.detail}", markup=False)
    if found.holds:
        console.print(
            f"\nRecord {found.record} stands in a proof log of {found.leaves} entries."
            f" Opened for people: {found.openings - found.by_system}. Read by the system, to index it: {found.by_system}."
        )
        if not trusted:
            console.print("The log's key came with the bundle. Compare it with a copy you hold:")
            console.print(found.ledger_key, markup=False)
