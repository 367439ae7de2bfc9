"""`muniment doctor`: says what is well, what is not, and what to do. Needs no passphrase."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from muniment.core.errors import NotAvailableError
from muniment.core.home import Home

_STYLES = {"well": "green", "attention": "yellow", "trouble": "bold red"}


def command(
    home: Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Look at versions, settings, processes, separation of keys, checkpoints, anchors, disk, swap.

    Exits with 4 if anything is in trouble.
    """
    from muniment.processes import health

    found = health.examine(Home(home.absolute()))
    if as_json:
        typer.echo(msgspec.json.encode({"findings": found}).decode())
    else:
        console = Console(highlight=False, soft_wrap=True)
        for each in found:
            console.print(f"[{_STYLES[each.state]}]{each.state:<10}[/]{each.subject}: ", end="")
            console.print(each.says, markup=False)
            if each.remedy:
                console.print(f"          {each.remedy}", style="dim", markup=False)
    if any(each.state is health.State.TROUBLE for each in found):
        raise typer.Exit(NotAvailableError.exit_status)
