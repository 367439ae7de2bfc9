"""`muniment source`: what a person tries out before a source is connected, and what came of it since."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from muniment.cli import completeness, mappings, trial
from muniment.core.errors import NotAvailableError
from muniment.core.home import Home

app = typer.Typer(no_args_is_help=True)


@app.callback()
def source() -> None:
    """Sources of calls: whether they work, how their files are read, and whether everything came in."""


app.command("report")(completeness.command)
app.command("test-call")(trial.command)


@app.command("test-mapping")
def try_mapping(
    file: Annotated[Path, typer.Argument(help="A file of calls as the switch or the carrier exports it.")],
    home: Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")],
    mapping: Annotated[
        str,
        typer.Option(
            help="The mapping's name, in muniment.toml or saved on the pages; without it the usual names are tried."
        ),
    ] = "",
    organisation: Annotated[
        str, typer.Option(help="Whose saved mapping it is, by its org_… id, where there is more than one.")
    ] = "",
    zone: Annotated[str, typer.Option(help="The zone of times that name none.")] = "Europe/London",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Read a test file as an import would, and name what is missing in it. Nothing is kept.

    A mapping that was saved on the pages is asked of the running server. Ends with status 1 where there are gaps.
    """
    from muniment.capture.calls.spool.fields import rows_of
    from muniment.capture.calls.spool.mapping import report

    mapped = mappings.served(Home(home.absolute()), mapping, zone, organisation)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise NotAvailableError(f"{file} cannot be read.", why=f"{error.strerror}.") from error
    found = report(rows_of(data, str(file)), mapped)
    if as_json:
        typer.echo(msgspec.json.encode({**msgspec.to_builtins(found), "gaps": found.gaps}).decode())
    else:
        table = Table("Field", "Column", "Filled", "Understood", "For example", "Gap")
        for each in found.fields:
            table.add_row(
                each.field,
                each.column or "–",
                str(each.filled),
                str(each.good),
                ", ".join(each.samples),
                each.gap,
            )
        Console(highlight=False, markup=False).print(table)
        typer.echo(f"{found.rows} rows. Columns that no field takes: {', '.join(found.unused) or 'none'}.")
        typer.echo("\n".join(found.gaps) or "No gaps.")
        if found.absent:
            typer.echo("\n".join(found.absent))
    if found.gaps or not found.rows:
        raise typer.Exit(1)
