"""`muniment witness`: remembers the last head of each ledger it is told to trust, and cosigns what extends it."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.vault.checkpoint import LedgerVerifier
from muniment.vault.witness.record import Witness

app = typer.Typer(no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="The witness's own folder, on another machine than the ledger.")]


@app.callback()
def witness() -> None:
    """Run a witness (c2sp.org/tlog-witness) for other people's ledgers. It needs no installation."""


@app.command()
def new(
    folder: Folder,
    name: Annotated[
        str, typer.Option(help="Its name: an address without a scheme, such as witness.example.com/ledgers.")
    ],
) -> None:
    """Make a witness with a fresh key, and print the key that ledgers must know."""
    typer.echo(Witness.create(folder, name).signer.verifier.text)


@app.command()
def key(folder: Folder) -> None:
    """Print the key by which a ledger knows this witness."""
    typer.echo(Witness(folder).signer.verifier.text)


@app.command()
def trust(
    folder: Folder,
    ledger_key: Annotated[
        Path, typer.Argument(help="The ledger's key: its log/ledger-key, from a trusted source.")
    ],
) -> None:
    """Witness one more ledger."""
    try:
        ledger = LedgerVerifier.parse(ledger_key.read_bytes().decode())
    except (OSError, UnicodeDecodeError) as error:
        raise NotAvailableError(f"{ledger_key} cannot be read.", why=f"{error}.") from error
    Witness(folder).trust(ledger)
    typer.echo(f"{ledger.origin} is witnessed.")


@app.command()
def serve(
    folder: Folder,
    listen: Annotated[
        str, typer.Option(help="The address and port that are listened on.")
    ] = "127.0.0.1:8440",
) -> None:
    """Answer over HTTP until told to stop; put a proxy with a certificate in front for other machines."""
    from muniment.vault.witness.server import WitnessServer

    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal():
        raise WrongUseError(f"{listen!r} is not an address and a port.", remedy="Write 127.0.0.1:8440.")
    opened = Witness(folder)
    try:
        server = WitnessServer((host.strip("[]"), int(port)), opened)
    except OSError as error:
        raise NotAvailableError(f"{listen} cannot be listened on.", why=f"{error.strerror}.") from error
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    typer.echo(f"{opened.signer.verifier.name} answers at http://{listen}/add-checkpoint")
    server.serve_forever()
    server.server_close()
