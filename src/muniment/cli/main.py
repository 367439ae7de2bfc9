"""The command `muniment`: finds the verb, loads only its module, and turns errors into words."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from types import MappingProxyType

import typer
from rich.console import Console

from muniment import __version__
from muniment.core.errors import MunimentError, NotAvailableError

VERBS = MappingProxyType(
    {
        "announcement": "Publish recording notices; list and show them.",
        "backup": "Copy packs and keys while everything runs; rehearse a restore.",
        "bench": "Measure against a physical limit or a peer, in the same run.",
        "compact": "Free the space of erased records.",
        "demo": "Run Muniment with two sample organisations.",
        "doctor": "Say what is well, what is not, and what to do.",
        "import": "Seal mail and recordings from files, mailboxes and folders.",
        "init": "Make a new installation: keys, two first authorities, an empty record.",
        "key": "Make a signing key; turn the epoch; see and change what wraps the master key.",
        "organisation": "Add an organisation; give it a key of its own; unlock it.",
        "passphrase": "Change the passphrase of an installation.",
        "prove": "Check an evidence bundle, without keys and without a network.",
        "rebuild": "Make catalogue and index anew from the vault.",
        "recover": "Set a new passphrase with the custodians' recovery shares.",
        "restore": "Make a new home from a backup, and verify it.",
        "search": "Locate records under a case and a locate warrant.",
        "serve": "Run every process of an installation.",
        "sign": "Sign a decision, a request or an opening with a registered key.",
        "source": "Test how files of a switch or a carrier are read.",
        "verify": "Check every byte of the record against its ledger.",
        "witness": "Cosign other people's ledgers, and refuse one that was set back.",
    }
)
"""Each verb with its line of help.

Its module is `muniment.cli.<verb>` (`import_` for `import`), which holds either `command`, a
function with Typer's annotations, or `app`, a `typer.Typer` with verbs of its own.
"""

COMPLETION = "_MUNIMENT_COMPLETE"


def build(arguments: Sequence[str]) -> typer.Typer:
    """The command line with the one verb that `arguments` names loaded, the others only listed."""
    app = typer.Typer(
        name="muniment",
        help="Muniment keeps an organisation's communications, and proves what it did with them.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )
    app.callback()(_options)
    chosen = next((word for word in arguments if not word.startswith("-")), None)
    for verb, line in VERBS.items():
        if verb == chosen:
            _load(app, verb, line)
        else:
            app.command(verb, help=line)(_listed)
    return app


def run() -> None:
    """The console script: runs one verb and exits with its status."""
    words = os.environ["COMP_WORDS"].split()[1:] if COMPLETION in os.environ else sys.argv[1:]
    try:
        build(words)(prog_name="muniment")
    except MunimentError as error:
        _explain(error)
        sys.exit(error.exit_status)
    except OSError as error:
        _explain(_of_the_system(error))
        sys.exit(NotAvailableError.exit_status)
    except KeyboardInterrupt:
        sys.exit(130)


def _load(app: typer.Typer, verb: str, line: str) -> None:
    module = import_module(f"muniment.cli.{verb}{'_' * (verb == 'import')}")
    if hasattr(module, "app"):
        app.add_typer(module.app, name=verb, help=line)
    else:
        app.command(verb, short_help=line)(module.command)


def _listed() -> None:
    """Stands in the list for a verb whose module is not loaded."""


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"muniment {__version__}")
        raise typer.Exit


def _options(
    _version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Show the version."
    ),
) -> None:
    """Options before the verb."""


def _of_the_system(error: OSError) -> NotAvailableError:
    """What the system refused (a disk that is full or read-only, a directory of somebody else's) in words."""
    return NotAvailableError(
        f"{error.filename} cannot be used." if error.filename else "The system refused what was asked.",
        why=f"{error.strerror or type(error).__name__}.",
        remedy="See to the disk, its free space and who owns the directory; then try again.",
    )


def _explain(error: MunimentError) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True)  # a path must stay whole
    console.print(error.what, style="bold red", markup=False)
    for line in (error.why, error.remedy):
        if line:
            console.print(line, markup=False)
