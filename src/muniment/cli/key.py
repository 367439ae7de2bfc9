"""`muniment key`: signing keys; the epoch turned by hand; another ledger key; the master key's wrapper."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from muniment.cli import key_wrapper
from muniment.core import passphrase, settings
from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.home import Home
from muniment.vault import client
from muniment.vault.authority import keyfile, signing, statements
from muniment.vault.authority.signing import SignedStatement

if TYPE_CHECKING:
    from muniment.people.views import JointActView

app = typer.Typer(no_args_is_help=True)
app.add_typer(key_wrapper.app, name="wrapper", help="See and change what wraps the master key.")


@app.callback()
def key() -> None:
    """Make signing keys, turn the epoch of the keys that seal records, give the ledger another key."""


@app.command()
def new(
    path: Annotated[
        Path, typer.Argument(help="Where the private key goes; the public part beside it, as .pub.")
    ],
    person: Annotated[str, typer.Option(help="Whose key it is: a per_… identifier.")] = "",
) -> None:
    """Make an Ed25519 key pair. Nothing counts until two authorities have registered the public part."""
    made = keyfile.generate(person)
    public = keyfile.write(path, made)
    typer.echo(f"{made.key}\nPrivate: {path} (keep it to yourself)\nPublic:  {public} (have it registered)")


@app.command()
def turn(
    home: Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")],
    organisation: Annotated[str, typer.Option(help="One organisation, by its org_… id; else all.")] = "",
    passphrase_file: Annotated[Path | None, typer.Option(help="The file that holds the passphrase.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Wrap every record's key anew and destroy the key they were wrapped with before.

    The server does so by itself before 30 days are over. By hand it makes erasures final sooner, save for
    copies of the keys that a backup still holds. Works while the server runs.
    """
    with client.connect(Home(home.absolute()), passphrase.read(passphrase_file)) as doors:
        chosen = [
            each for each in doors.desk.status().organisations if organisation in {"", each.organisation}
        ]
        if organisation and not chosen:
            raise WrongUseError(f"There is no organisation {organisation} here.")
        waiting = [each.organisation for each in chosen if each.locked and not organisation]
        names = [each.organisation for each in chosen if each.organisation not in waiting]
        for name in names:
            doors.desk.turn_epoch(name)
        turned = {
            each.organisation: each.epoch
            for each in doors.desk.status().organisations
            if each.organisation in names
        }
    for name in waiting:
        typer.echo(f"{name} is locked: its epoch cannot turn until somebody unlocks it.", err=True)
    if as_json:
        typer.echo(msgspec.json.encode({"epochs": turned}).decode())
    else:
        for name, epoch in turned.items():
            typer.echo(f"{name}: epoch {epoch}; the key of every earlier one is destroyed.")


@app.command("rotate-ledger")
def rotate_ledger(
    home: Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")],
    organisation: Annotated[str, typer.Option(help="Whose ledger, by the org_… id.")],
    reason: Annotated[str, typer.Option(help="Why; it stands in what is signed.")] = "",
    statement: Annotated[
        Path | None, typer.Option(help="Write what two authorities have to sign here, and change nothing.")
    ] = None,
    signed: Annotated[
        list[Path] | None, typer.Option(help="What muniment sign printed for one of them. Give two.")
    ] = None,
    on_pages: Annotated[
        bool, typer.Option("--on-pages", help="Put it before the authorities, who sign by passkey.")
    ] = False,
    passphrase_file: Annotated[Path | None, typer.Option(help="The file that holds the passphrase.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Give the ledger another signing key: the shard is frozen, and what follows stands in a new one.

    Do so when the key may be known to somebody. Two authorities sign, and the old key is destroyed. With
    --on-pages each finds it on the start page and signs by passkey; it is done with the second signature.
    With key files: write the --statement, have each run muniment sign on it, then give both results with
    --signed. Works while the server runs. Example: muniment key rotate-ledger --organisation org_…
    --reason "A disk was stolen." --on-pages
    """
    if [statement is not None, bool(signed), on_pages].count(True) != 1:
        raise WrongUseError("Give one of --on-pages, --statement FILE, and --signed.")
    secret = passphrase.read(passphrase_file)
    if on_pages:
        act, where = _put_before_authorities(Home(home.absolute()), secret, organisation, reason)
        typer.echo(
            msgspec.json.encode({"organisation": organisation, "sha256": act.digest, "where": where}).decode()
            if as_json
            else f"It waits for two authorities at {where}\nSHA-256 of what they sign: {act.digest}"
        )
        return
    with client.connect(Home(home.absolute()), secret) as doors:
        if statement is not None:
            shard = doors.desk.register_view(organisation).shard + 1
            _write(
                statement, statements.build_rotation(organisation=organisation, shard=shard, reason=reason)
            )
            typer.echo(f"Written: {statement}. Two authorities sign it: muniment sign {statement} --key FILE")
            return
        found = tuple(_signed(path) for path in signed or ())
        doors.desk.rotate_ledger(organisation, found[0].statement, found)
        shard = doors.desk.register_view(organisation).shard
    if as_json:
        typer.echo(msgspec.json.encode({"organisation": organisation, "shard": shard}).decode())
    else:
        typer.echo(
            f"{organisation}: the ledger goes on in shard {shard} with another key; the old one is destroyed.\n"
            f"Give vault/{organisation}/shards/{shard:04d}/log/ledger-key to auditors and witnesses."
        )


def _put_before_authorities(
    home: Home, secret: bytes, organisation: str, reason: str
) -> "tuple[JointActView, str]":
    """Write the act down where the pages find it; what it is, and the address of its page."""
    from muniment.vault.keyring import Keyring
    from muniment.web import installation

    keyring = Keyring.unlock(home, secret)
    if organisation not in keyring.organisations:
        raise WrongUseError(f"There is no organisation {organisation} here.")
    installation.start(home, keyring.worker_keys())
    from muniment.people import services

    with client.connect(home, secret, keyring) as doors:
        act = services.propose_rotation(doors.desk, organisation, reason)
    return act, f"{settings.load(home).origin}/signed-by-two/{act.id}"


def _write(path: Path, text: bytes) -> None:
    try:
        path.write_bytes(text)
    except OSError as error:
        raise NotAvailableError(f"{path} cannot be written.", why=f"{error.strerror}.") from error


def _signed(path: Path) -> SignedStatement:
    try:
        return signing.from_json(path.read_bytes())
    except OSError as error:
        raise NotAvailableError(f"{path} cannot be read.", why=f"{error.strerror}.") from error
