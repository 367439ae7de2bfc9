"""`muniment verify`: checks every byte of the record against its ledger and lists all damage."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console

from muniment.core import clock, passphrase
from muniment.core.errors import FaultFoundError, NotAvailableError, WrongUseError
from muniment.core.home import Home
from muniment.vault.anchors.checking import Trust
from muniment.vault.anchors.cosignature import WitnessVerifier
from muniment.vault.archive import Archive
from muniment.vault.checkpoint import LedgerVerifier
from muniment.vault.faults import Checked, Fault, Report
from muniment.vault.quick import Quick
from muniment.vault.sampling import Amount

if TYPE_CHECKING:
    from muniment.processes.tables import TableFault
    from muniment.vault.keyring import UnlockedKeyring

NOT_COMPARED = "Tables were not compared with the ledger: a sample reads entries alone."


def command(  # noqa: PLR0917 - Typer reads each option from a parameter
    home: Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")],
    organisation: Annotated[str, typer.Option(help="One organisation, by its org_… id; else all.")] = "",
    passphrase_file: Annotated[
        Path | None,
        typer.Option(help="Unlock the keys: check that each opens its entry, and tables against the ledger."),
    ] = None,
    keyless: Annotated[
        bool,
        typer.Option("--keyless", help="Use no keys, even where the environment names a passphrase file."),
    ] = False,
    with_keys: Annotated[
        bool,
        typer.Option("--with-keys", help="Use the keys where a key service, and no passphrase, opens them."),
    ] = False,
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
    sample: Annotated[
        str, typer.Option(help="Read so many random entries, 1000 or 5%, instead of all.", metavar="N|P%")
    ] = "",
    incremental: Annotated[
        bool, typer.Option("--incremental", help="Read what came since the server's last verification.")
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="First make tiles and index anew from the packs.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Check packs, keys, ledger and index, and with keys the tables; also while the server runs.

    Exits with 1 if anything is damaged, missing, altered or rolled back. A sample or an incremental run that
    finds anything reads everything, so that all damage is listed.
    """
    if sample and incremental:
        raise WrongUseError("A verification is sampled or incremental, not both.")
    where = Home(home)
    chosen = _organisations(where, organisation)
    if (ledger_key or checkpoint) and len(chosen) > 1:
        raise WrongUseError(
            "A ledger key or checkpoint is of one organisation.", remedy="Give --organisation."
        )
    if rebuild:
        for name in chosen:
            with Archive.open(where.vault(name), name) as archive:
                archive.rebuild()
    brought = _Brought(
        LedgerVerifier.parse(_text(ledger_key)) if ledger_key else None,
        tuple(_text(path) for path in checkpoint or ()),
        _trust(where, witness or [], root or []),
        Amount.parse(sample) if sample else None,
        incremental,
    )
    secret = None if keyless else passphrase.read_where_named(passphrase_file) or (b"" if with_keys else None)
    reports = (
        _verify(where, chosen, brought)
        if secret is None
        else _verify_with_keys(where, chosen, secret, brought)
    )
    if as_json:
        _print_json(reports)
    else:
        _show(reports)
    if any(report.faults for report in reports.values()):
        raise typer.Exit(FaultFoundError.exit_status)


@dataclass(frozen=True)
class _Brought:
    """What the reader believes, or the settings do in their stead."""

    ledger: LedgerVerifier | None
    outside: tuple[str, ...]
    trust: Trust
    sample: Amount | None
    incremental: bool


def _check(home: Home, name: str, brought: _Brought, keyring: "UnlockedKeyring | None" = None) -> Report:
    from muniment.vault.marks import read_mark

    known = keyring.ledger_signer(name).verifier if keyring else None
    keys = partial(keyring.epoch_private, name) if keyring and not keyring.locked(name) else None
    quick = Quick(home.vault(name), name, keys, brought.ledger or known, brought.outside, brought.trust)
    if brought.sample:
        return quick.sampled(brought.sample)
    if brought.incremental:
        return quick.incremental(read_mark(home, name), clock.seconds())
    return msgspec.structs.replace(quick.full(), checked=None)


def _verify(home: Home, chosen: list[str], brought: _Brought) -> dict[str, "_Told"]:
    return {name: _told(_check(home, name, brought)) for name in chosen}


def _verify_with_keys(home: Home, chosen: list[str], secret: bytes, brought: _Brought) -> dict[str, "_Told"]:
    from muniment.processes import tables
    from muniment.vault.keyring import Keyring

    ring = Keyring.unlock(home, secret)
    locked = {name for name in chosen if ring.locked(name)}
    reports = {name: _check(home, name, brought, ring) for name in chosen}
    if brought.sample:
        return {name: _told(report, (), NOT_COMPARED) for name, report in reports.items()}
    compared = tables.compare(home, ring, [name for name in chosen if name not in locked])
    note = "It is locked: its keys were not tried, nor its tables compared with the ledger."
    return {
        name: _told(
            report,
            compared.faults.get(name, ()),
            f"{note} {ring.locked(name)}" if name in locked else compared.note,
        )
        for name, report in reports.items()
    }


class _Told(msgspec.Struct, frozen=True):
    """What is told of one organisation: its vault and, with keys, its tables."""

    records: int
    leaves: int
    faults: "tuple[Fault | TableFault, ...]"
    notes: tuple[str, ...]
    checked: Checked | None


def _told(report: Report, rows: "tuple[TableFault, ...]" = (), note: str = "") -> _Told:
    notes = (*report.notes, note) if note else report.notes
    return _Told(report.records, report.leaves, (*report.faults, *rows), notes, report.checked)


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


def _print_json(reports: Mapping[str, _Told]) -> None:
    document: dict[str, object] = {
        "records": sum(report.records for report in reports.values()),
        "leaves": sum(report.leaves for report in reports.values()),
        "faults": [fault for report in reports.values() for fault in report.faults],
    }
    if checked := {name: report.checked for name, report in reports.items() if report.checked}:
        document["checked"] = checked
    typer.echo(msgspec.json.encode(document).decode())


def _show(reports: Mapping[str, _Told]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for organisation, report in reports.items():
        console.print(f"[bold]{organisation}[/]: {report.records} records, {report.leaves} entries")
        for fault in report.faults:
            console.print(f"  [bold red]{fault.kind}[/]  {fault.record}")
            console.print(f"    {fault.advice}", markup=False)
        if not report.faults:
            console.print("  [green]Nothing is damaged, missing or altered.[/]")
        if report.checked:
            console.print(f"  {report.checked.says}", markup=False)
        for note in report.notes:
            console.print(f"  Note: {note}", markup=False)
