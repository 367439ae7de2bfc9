"""`muniment backup`: copies packs and keys while everything runs; `muniment backup drill` rehearses a restore."""

from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.filesize import decimal

from muniment.core import clock, passphrase
from muniment.core.errors import FaultFoundError, WrongUseError
from muniment.core.home import Home
from muniment.vault.backup.drill import drill as rehearse
from muniment.vault.backup.making import LONGEST_KEPT, Made, Plan, Progress, make
from muniment.vault.backup.restoring import Restored

Words = Annotated[
    list[Path], typer.Argument(metavar="DIR", help="The backup's folder; or drill DIR to rehearse a restore.")
]


def command(
    words: Words,
    home: Annotated[
        Path | None, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")
    ] = None,
    keep_keys: Annotated[
        int, typer.Option(help="Days after which this backup's keys expire.")
    ] = LONGEST_KEPT,
    scratch: Annotated[
        Path | None, typer.Option(help="Where a drill makes its home; else beside the backup.")
    ] = None,
    passphrase_file: Annotated[Path | None, typer.Option(help="The file with the passphrase.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Back up into a folder: packs grow there and are kept, keys expire within 30 days.

    Works while the server runs. A backup that was cut short is taken up by the next. `muniment backup drill
    DIR` restores into a scratch home, verifies every byte and key, reports, and removes it; it ends with 1 if
    anything is not as it was.
    """
    secret = passphrase.read(passphrase_file)
    if words[0] == Path("drill") and len(words) > 1:
        _drill(words[1], secret, scratch, as_json=as_json)
        return
    if len(words) > 1 or home is None:
        raise WrongUseError("A backup takes one folder, and the home to back up.", remedy="Give --home.")
    made = _make(words[0], Home(home.absolute()), secret, keep_keys, quiet=as_json)
    typer.echo(msgspec.json.encode(made).decode() if as_json else _said(made))


def _make(where: Path, home: Home, secret: bytes, days: int, *, quiet: bool) -> Made:
    from muniment.database.copying import copy
    from muniment.vault.client import connect
    from muniment.vault.keyring import Keyring

    keyring = Keyring.unlock(home, secret)

    def tables(target: Path) -> None:
        if home.catalogue.is_file():
            copy(home.catalogue, target, keyring.catalogue_key())

    with connect(home, secret) as doors, Console(stderr=True).status("Copying …") as status:

        def show(progress: Progress) -> None:
            status.update(f"Copying {decimal(progress.done)} of {decimal(progress.total)} …")

        plan = Plan(home, keyring.organisations, tables, days)
        return make(where, doors.desk, plan, clock.seconds(), (lambda _: None) if quiet else show)


def _drill(where: Path, secret: bytes, scratch: Path | None, *, as_json: bool) -> None:
    done = rehearse(where, secret, scratch=scratch)
    if as_json:
        typer.echo(msgspec.json.encode({"passed": done.passed, **msgspec.to_builtins(done)}).decode())
    else:
        show(done.restored)
        typer.echo(f"Restored and verified in {done.seconds:.1f} s; removed again.")
    if not done.passed:
        raise typer.Exit(FaultFoundError.exit_status)


def show(restored: Restored) -> None:
    """Print what a restore or a drill found."""
    say = partial(Console(highlight=False, soft_wrap=True).print, markup=False)
    say(f"Keys {restored.generation}")
    for each in restored.organisations:
        say(f"{each.organisation}: {each.records} records, {each.entries} entries")
        if each.lost:
            say(f"  Lost: entries {each.lost[0]} to {each.lost[1]}, sealed after these keys were taken.")
        for record in each.erased:
            say(f"  Erased again: {record}, by an order in the lost part.")
        for fault in each.faults:
            say(f"  {fault.kind}  {fault.record}\n    {fault.advice}")
        if not each.faults:
            say("  Nothing is damaged, missing or altered.")
        if each.locked:
            say(f"  Its keys were not tried: it has one of its own that is not here. {each.locked}")


def _said(made: Made) -> str:
    lines = [
        f"Backed up: {sum(made.entries.values())} entries, {decimal(made.copied)} of packs new, in {made.seconds} s.",
        f"Keys {made.generation} expire on {clock.day(made.expires)}.",
    ]
    lines += [f"Removed, expired: {name}" for name in made.removed]
    return "\n".join(lines)
