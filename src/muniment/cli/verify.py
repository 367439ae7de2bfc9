"""`muniment verify`: checks every byte of the record against its ledger and lists all damage."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from muniment.core import passphrase
from muniment.core.errors import FaultFoundError, NotAvailableError, WrongUseError
from muniment.core.home import Home
from muniment.vault.anchors.checking import Trust
from muniment.vault.anchors.cosignature import WitnessVerifier
from muniment.vault.checkpoint import LedgerVerifier
from muniment.vault.faults import Report
from muniment.vault.store import Store
from muniment.vault.verify import verify


def command(
    home: Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")],
    organisation: Annotated[str, typer.Option(help="One organisation, by its org_… id; else all.")] = "",
    passphrase_file: Annotated[
        Path | None, typer.Option(help="Unlock the keys, and check that each opens its entry.")
    ] = None,
    ledger_key: Annotated[
        Path | None, typer.Option(help="The organisation's ledger key, from a source you trust.")
    ] = None,
    checkpoint: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint that was kept elsewhere. May be repeated.")
    ] = None,
    witness: Annotated[
        list[Path] | None,
        typer.Option(help="A witness's key, from a source you trust; else those of the settings."),
    ] = None,
    root: Annotated[
        list[Path] | None,
        typer.Option(help="Root certificates (PEM) of a time stamp authority; else those of the settings."),
    ] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="First make tiles and index anew from the packs.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Check packs, keys, ledger and index, with or without keys; also while the server runs.

    Exits with 1 if anything is damaged, missing, altered or rolled back.
    """
    where = Home(home)
    chosen = _organisations(where, organisation)
    if (ledger_key or checkpoint) and len(chosen) > 1:
        raise WrongUseError(
            "A ledger key or checkpoint is of one organisation.", remedy="Give --organisation."
        )
    if rebuild:
        for name in chosen:
            with Store.open(where.vault(name), name, None) as store:
                store.rebuild()
    trusted = LedgerVerifier.parse(_text(ledger_key)) if ledger_key else None
    outside = tuple(_text(path) for path in checkpoint or ())
    reports = _verify(
        where, chosen, passphrase_file, trusted, outside, _trust(where, witness or [], root or [])
    )
    if as_json:
        _print_json(reports)
    else:
        _show(reports)
    if any(report.faults for report in reports.values()):
        raise typer.Exit(FaultFoundError.exit_status)


def _verify(
    home: Home,
    chosen: list[str],
    passphrase_file: Path | None,
    trusted: LedgerVerifier | None,
    outside: tuple[str, ...],
    trust: Trust,
) -> dict[str, Report]:
    if passphrase_file is None:
        return {
            name: verify(home.vault(name), name, ledger_key=trusted, outside=outside, trust=trust)
            for name in chosen
        }
    from muniment.vault.keyring import Keyring

    ring = Keyring.unlock(home, passphrase.read(passphrase_file))
    return {
        name: verify(
            home.vault(name),
            name,
            keys=partial(ring.epoch_private, name),
            ledger_key=trusted or ring.ledger_signer(name).verifier,
            outside=outside,
            trust=trust,
        )
        for name in chosen
    }


def _organisations(home: Home, wanted: str) -> list[str]:
    folder = home.path / "vault"
    there = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    if wanted and wanted not in there:
        raise WrongUseError(f"{wanted} is not here.", remedy=f"Here are: {', '.join(there) or 'none'}.")
    if not there:
        raise NotAvailableError(f"There is no vault in {home.path}.", remedy="Give the right --home.")
    return [wanted] if wanted else there


def _trust(home: Home, witnesses: list[Path], roots: list[Path]) -> Trust:
    """Whom the reader names, else whom the settings name: those are only as good as the home itself."""
    from muniment.core import settings
    from muniment.processes import anchoring

    named = anchoring.trust(settings.load(home).anchors)
    keys = tuple(WitnessVerifier.parse(_text(path)) for path in witnesses)
    return Trust(keys or named.witnesses, tuple(roots) or named.roots)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise NotAvailableError(f"{path} cannot be read.", why=f"{error}.") from error


def _print_json(reports: Mapping[str, Report]) -> None:
    document = {
        "records": sum(report.records for report in reports.values()),
        "leaves": sum(report.leaves for report in reports.values()),
        "faults": [fault for report in reports.values() for fault in report.faults],
    }
    typer.echo(msgspec.json.encode(document).decode())


def _show(reports: Mapping[str, Report]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for organisation, report in reports.items():
        console.print(f"[bold]{organisation}[/]: {report.records} records, {report.leaves} entries")
        for fault in report.faults:
            console.print(f"  [bold red]{fault.kind}[/]  {fault.record}")
            console.print(f"    {fault.advice}", markup=False)
        if not report.faults:
            console.print("  [green]Nothing is damaged, missing or altered.[/]")
        for note in report.notes:
            console.print(f"  Note: {note}", markup=False)
