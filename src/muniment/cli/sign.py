"""`muniment sign`: shows a statement in plain words, then signs it with a private key file."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.vault.authority import keyfile, signing, statements, summary


def command(
    statement: Annotated[Path, typer.Argument(help="The statement to sign; - reads standard input.")],
    key: Annotated[Path, typer.Option(help="The private key file, from muniment key new.")],
    person: Annotated[str, typer.Option(help="Who signs, where neither the key nor the text says so.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, also on a terminal.")] = False,
) -> None:
    """Sign a decision, a request or an opening: prints the signed statement as JSON."""
    text = _read(statement)
    said = statements.read_any(text)
    private = keyfile.read_private(key)
    signer = person or private.person or getattr(said, "person", "") or getattr(said, "holder", "")
    if not signer:
        raise WrongUseError("It is not said who signs.", remedy="Give --person.")
    for line in summary.in_words(said):
        typer.echo(line, err=True)
    if not yes and statement != Path("-") and sys.stdin.isatty():
        typer.confirm("Sign this?", abort=True, err=True)
    signed = signing.sign_with_key(private.signer, text, person=signer, key=private.key)
    typer.echo(signing.to_json(signed).decode())


def _read(path: Path) -> bytes:
    try:
        text = sys.stdin.buffer.read() if path == Path("-") else path.read_bytes()
    except OSError as error:
        raise NotAvailableError(f"{path} cannot be read.", why=f"{error.strerror}.") from error
    return text.removesuffix(b"\n")
