"""`muniment serve`: runs every process of an installation until Ctrl-C or SIGTERM."""

from pathlib import Path
from typing import Annotated

import typer

from muniment.core import passphrase
from muniment.core.home import Home


def command(
    home: Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")],
    passphrase_file: Annotated[Path | None, typer.Option(help="The file that holds the passphrase.")] = None,
) -> None:
    """Start keeper, mail, search, worker and pages; restart what dies; stop all together."""
    from muniment.processes import serve

    serve.serve(
        Home(home.absolute()),
        passphrase.read(passphrase_file),
        lambda chosen: typer.echo(f"Ready: {chosen.origin}"),
    )
