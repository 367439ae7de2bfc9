"""`muniment backup`: copies packs and keys while everything runs; `muniment backup drill` rehearses a restore."""

from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.filesize import decimal

from muniment.core import clock, passphrase, settings
from muniment.core.errors import FaultFoundError, WrongUseError
from muniment.core.home import Home
from muniment.core.settings import BackupSettings
from muniment.vault.backup.destination import Destination
from muniment.vault.backup.drill import drill as rehearse
from muniment.vault.backup.making import Made, Plan, Progress, make
from muniment.vault.backup.places import place
from muniment.vault.backup.restoring import Restored
from muniment.vault.backup.s3 import Bucket
from muniment.vault.backup.s3_client import Access
from muniment.vault.backup.s3_locks import prolong

Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PLACE",
        help="A folder or s3://bucket/prefix, else as the settings say; or drill PLACE to rehearse.",
    ),
]
Endpoint = Annotated[
    str, typer.Option(help="The address of an S3 store, where the library's own files do not say it.")
]
Region = Annotated[str, typer.Option(help="The region of an S3 store, likewise.")]


def command(  # noqa: PLR0917 - Typer reads each option from a parameter
    words: Words = None,
    home: Annotated[
        Path | None, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")
    ] = None,
    keep_keys: Annotated[
        int, typer.Option(help="Days after which this backup's keys expire; else as the settings say, or 30.")
    ] = 0,
    scratch: Annotated[
        Path | None,
        typer.Option(help="Where a drill makes its home; else beside the folder, or among temporary files."),
    ] = None,
    endpoint: Endpoint = "",
    region: Region = "",
    lock_days: Annotated[
        int,
        typer.Option(
            help="Lock packs in the S3 store for so many days; a drill checks that they are locked."
        ),
    ] = 0,
    passphrase_file: Annotated[Path | None, typer.Option(help="The file with the passphrase.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Back up into a folder or an S3 bucket: packs grow there and are kept, keys expire within 30 days.

    Works while the server runs. A backup that was cut short is taken up by the next. `muniment backup drill
    PLACE` restores into a scratch home, verifies every byte and key, reports, and removes it; it ends with 1
    if anything is not as it was.
    """
    said = words or []
    drilling = said[:1] == ["drill"]
    rest = said[1:] if drilling else said
    chosen = settings.load(Home(home.absolute())).backup if home else BackupSettings()
    if len(rest) > 1 or not (rest or chosen.destination) or (home is None and not drilling):
        raise WrongUseError("A backup takes one place, and the home to back up.", remedy="Give --home.")
    access = Access(endpoint or chosen.endpoint, region or chosen.region)
    where = place(
        rest[0] if rest else chosen.destination, access=access, lock_days=lock_days or chosen.lock_days
    )
    secret = passphrase.read(passphrase_file)
    if drilling:
        _drill(where, secret, scratch, as_json=as_json)
    elif home:
        made = _make(where, Home(home.absolute()), secret, keep_keys or chosen.days, quiet=as_json)
        typer.echo(msgspec.json.encode(made).decode() if as_json else _said(made))
        if isinstance(where, Bucket) and where.lock_days:
            done = prolong(where, made.entries, clock.seconds())
            typer.echo(done.says, err=as_json)


def _make(where: Destination, home: Home, secret: bytes, days: int, *, quiet: bool) -> Made:
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


def _drill(where: Destination, secret: bytes, scratch: Path | None, *, as_json: bool) -> None:
    done = rehearse(where, secret, scratch=scratch)
    if as_json:
        typer.echo(msgspec.json.encode({"passed": done.passed, **msgspec.to_builtins(done)}).decode())
    else:
        show(done.restored)
        typer.echo(f"Restored and verified in {done.seconds:.1f} s; removed again.")
        for fault in done.lapsed:
            typer.echo(f"  {fault.kind}  {fault.advice}")
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
        if each.shard > 1:
            say(f"  The ledger goes on in shard {each.shard}.")
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
