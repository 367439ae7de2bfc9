"""`muniment compact`: frees the space that erased records take, while everything runs."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.filesize import decimal
from rich.progress import Progress

from muniment.core import passphrase
from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from muniment.vault import client
from muniment.vault.client import CompactingDoor
from muniment.vault.messages import PackCompacted


class Compacted(msgspec.Struct, frozen=True):
    """What was done in one organisation's vault: which packs, and the bytes that were freed."""

    organisation: str
    packs: tuple[PackCompacted, ...]
    won: int


def command(
    home: Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")],
    organisation: Annotated[str, typer.Option(help="One organisation, by its org_… id; else all.")] = "",
    percent: Annotated[
        int, typer.Option(min=0, max=100, help="Leave packs alone of which less than this was erased.")
    ] = 0,
    passphrase_file: Annotated[Path | None, typer.Option(help="The file that holds the passphrase.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write packs again without the ciphertext of erased records, whose keys are destroyed already.

    Every proof holds: of each record stays what its place in the ledger is made of. The server does so by
    itself once a day where a quarter of a pack was erased. Works while the server runs; needs free space for
    one pack. What a backup holds is not touched: it expires, or is kept, as it was.
    """
    with client.connect(Home(home.absolute()), passphrase.read(passphrase_file)) as doors:
        names = [each.organisation for each in doors.desk.status().organisations]
        if organisation and organisation not in names:
            raise WrongUseError(f"There is no organisation {organisation} here.")
        chosen = [organisation] if organisation else names
        done = tuple(_compact(doors.desk, name, percent, quiet=as_json) for name in chosen)
    if as_json:
        typer.echo(msgspec.json.encode({"organisations": done}).decode())
        return
    for each in done:
        records = sum(pack.entries for pack in each.packs)
        typer.echo(
            f"{each.organisation}: {decimal(each.won)} freed in {len(each.packs)} packs, of {records} entries."
            if each.packs
            else f"{each.organisation}: there is nothing to free."
        )


def _compact(door: CompactingDoor, organisation: str, percent: int, *, quiet: bool) -> Compacted:
    waiting = [each for each in door.erasable(organisation) if 100 * each.won >= percent * each.size]
    done: list[PackCompacted] = []
    won = 0
    with Progress(console=Console(stderr=True), transient=True, disable=quiet) as shown:
        task = shown.add_task(f"{organisation} …", total=sum(each.size for each in waiting))
        for each in waiting:
            pack = door.compact(organisation, each.pack)
            won += pack.before - pack.after
            done += [pack] if pack.entries else []
            shown.update(task, advance=each.size, description=f"{organisation}: {decimal(won)} freed …")
    return Compacted(organisation, tuple(done), won)
