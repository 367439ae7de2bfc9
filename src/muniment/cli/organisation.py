"""`muniment organisation`: organisations of an installation, and those with a key of their own."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from muniment.cli import sources as options
from muniment.cli.founded import authority_of, told
from muniment.core import passphrase as passphrases
from muniment.core.errors import WrongUseError
from muniment.core.home import Home
from muniment.processes import founding as founder
from muniment.vault.setup import CUSTODIANS

app = typer.Typer(no_args_is_help=True)

HomeOption = Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")]
PassphraseFile = Annotated[
    Path | None, typer.Option(help="The file that holds the installation's passphrase, if it has one.")
]
Custodian = Annotated[
    list[str] | None,
    typer.Option(help="Who keeps a recovery share of the organisation's key; three if none is named."),
]
Named = Annotated[str, typer.Argument(metavar="ORGANISATION", help="The organisation, by its org_… id.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_WHOSE = "the organisation's key"


@app.callback()
def organisation() -> None:
    """Add organisations; give one a key of its own; unlock it."""


@app.command()
def add(  # noqa: PLR0917 - Typer reads each option from a parameter
    home: HomeOption,
    name: Annotated[str, typer.Option(help="The organisation's name.")],
    organisation_passphrase_file: Annotated[
        Path | None, typer.Option(help="A passphrase of its own: whoever runs the machine need not have it.")
    ] = None,
    service: options.Service = "",
    key_name: options.KeyName = "",
    mount: options.Mount = "",
    namespace: options.Namespace = "",
    key_authority: options.Authority = None,
    token_file: options.TokenFile = None,
    shared_key: Annotated[
        bool, typer.Option("--shared-key", help="No key of its own: whoever opens the installation opens it.")
    ] = False,
    authority: Annotated[
        list[str] | None,
        typer.Option(
            help="A first authority, as NAME=PUBLIC_KEY_FILE; without, an enrolment link is printed."
        ),
    ] = None,
    custodian: Custodian = None,
    address: Annotated[str, typer.Option(help="Where people open the pages.")] = founder.DEFAULT_ADDRESS,
    pack: Annotated[
        str, typer.Option(help="The policy pack that says who approves what.")
    ] = founder.DEFAULT_PACK,
    share_pages: Annotated[
        bool, typer.Option("--share-pages", help="Print the recovery shares as one page for each custodian.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    json: AsJson = False,
) -> None:
    """Add an organisation, with keys, approvers and records of its own. The server must be stopped.

    A provider's client has a key of its own by default, so that the provider cannot open its records alone: name
    a passphrase file or a key service for it, or say --shared-key.
    """
    named = options.key_service(service, key_name, mount, namespace, key_authority, token_file)
    own = options.one_of(named, organisation_passphrase_file, opens=_WHOSE)
    if (own is None) != shared_key:
        raise WrongUseError(
            "It is not said what protects the organisation's own key."
            if own is None
            else "A shared key and a key of its own exclude one another.",
            why="A client of a provider has a key that the provider cannot open alone.",
            remedy="Give --organisation-passphrase-file FILE or --key-service URL; or --shared-key where one "
            "passphrase is to open this organisation with the others.",
        )
    plan = founder.Plan(
        name=name,
        authorities=[authority_of(text) for text in authority or ()],
        custodians=custodian or CUSTODIANS,
        pack=pack,
        own=own,
    )
    made = founder.add(Home(home.absolute()), passphrases.read(passphrase_file), plan)
    typer.echo(told(made, address, home, as_json=json, share_pages=share_pages))


@app.command(name="list")
def list_(home: HomeOption, as_json: AsJson = False) -> None:
    """List the organisations and what their keys are under; while the server runs, also which are locked."""
    from muniment.processes import health

    found = health.organisations(Home(home.absolute()))
    if as_json:
        typer.echo(msgspec.json.encode({"organisations": found}).decode())
        return
    for each in found:
        state = (
            f"locked: {each.locked}" if each.locked else "open" if each.known else "the server does not run"
        )
        typer.echo(f"{each.organisation}: {each.under}; {state}")


@app.command()
def unlock(
    organisation: Named,
    home: HomeOption,
    passphrase_file: Annotated[
        Path | None,
        typer.Option(
            help="The file with the organisation's own passphrase; none where a key service has its key."
        ),
    ] = None,
) -> None:
    """Give the running keeper what opens an organisation's own key. It stays open until the keeper stops."""
    from muniment.processes import key_sources

    secret = passphrases.read_file(passphrase_file) if passphrase_file else b""
    searched = key_sources.unlock(Home(home.absolute()), organisation, secret)
    typer.echo(f"{organisation} is unlocked: what was sealed meanwhile is indexed now.")
    if not searched:
        typer.echo("Search was not reached: unlock again once muniment doctor is well.", err=True)


@app.command()
def passphrase(  # noqa: PLR0917 - Typer reads each option from a parameter
    organisation: Named,
    home: HomeOption,
    organisation_passphrase_file: Annotated[
        Path | None, typer.Option(help="Its own passphrase until now, if it has one.")
    ] = None,
    new_passphrase_file: Annotated[Path | None, typer.Option(help="Its own passphrase from now on.")] = None,
    service: options.Service = "",
    key_name: options.KeyName = "",
    mount: options.Mount = "",
    namespace: options.Namespace = "",
    key_authority: options.Authority = None,
    token_file: options.TokenFile = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="No key of its own any more: the master key alone opens it.")
    ] = False,
    custodian: Custodian = None,
    share_pages: Annotated[bool, typer.Option("--share-pages", help="Print the shares as pages.")] = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Give an organisation a passphrase (or key service) of its own, change it, or remove it.

    The wrapping before is destroyed. A keeper that runs keeps what it has: one that is locked takes the new
    passphrase after its next start.
    """
    from muniment.cli import share_pages as printing
    from muniment.processes import key_sources

    named = options.key_service(service, key_name, mount, namespace, key_authority, token_file)
    own = options.one_of(named, new_passphrase_file, opens=_WHOSE)
    if (own is None) != remove:
        raise WrongUseError(
            "It is not said what the organisation's key is to be put under.",
            remedy="Give --new-passphrase-file FILE, --key-service URL, or --remove.",
        )
    old = passphrases.read_file(organisation_passphrase_file) if organisation_passphrase_file else b""
    shares, note = key_sources.protect(
        Home(home.absolute()),
        passphrases.read(passphrase_file),
        organisation,
        old,
        own,
        custodian or CUSTODIANS,
    )
    under = own.name if own else "the master key alone"
    if as_json:
        document = {
            "organisation": organisation,
            "recovery_shares": {each.custodian: each.text for each in shares},
        }
        typer.echo(msgspec.json.encode(document).decode())
    elif shares and share_pages:
        typer.echo(printing.pages(shares, organisation), nl=False)
    else:
        typer.echo(f"The key of {organisation} is under {under}. In old backups it opens as it did.")
        if shares:
            typer.echo("Recovery shares of it, shown only now and kept nowhere here:")
        for each in shares:
            typer.echo(f"  {each.custodian}: {each.text}")
    if note:
        typer.echo(note, err=True)
