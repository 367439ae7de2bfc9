"""`muniment import`: seals mail from files, mailboxes and folders; given again, it goes on where it was."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.filesize import decimal

from muniment.core import passphrase
from muniment.core.errors import WrongUseError
from muniment.core.home import Home

if TYPE_CHECKING:
    from muniment.capture.files.folders import Passed
    from muniment.capture.files.importing import Progress, Summary
    from muniment.capture.files.mbox import Dialect

STOPPED = 130  # the status of a program that Ctrl-C has ended


def command(
    paths: Annotated[
        list[Path], typer.Argument(help="Mail files (EML, mbox), Maildirs, or folders of these.")
    ],
    home: Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")],
    organisation: Annotated[
        str, typer.Option(help="Whose mail, by the org_… id; not needed where there is one.")
    ] = "",
    source: Annotated[
        str, typer.Option(help="The name of the source that each record will carry.")
    ] = "import",
    mbox_dialect: Annotated[
        str, typer.Option(help="mboxo, mboxrd, mboxcl or mboxcl2: undoes its quoting. auto changes no byte.")
    ] = "auto",
    passphrase_file: Annotated[Path | None, typer.Option(help="The file with the passphrase.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Seal mail from files, mailboxes and folders.

    What is held already is passed over. Ctrl-C ends it cleanly; the same command takes it up again.
    """
    from muniment.capture.files.held import HeldDigests
    from muniment.capture.files.importing import Import, Ports
    from muniment.readers.mail import reason_unreadable
    from muniment.vault.client import connect
    from muniment.vault.keyring import Keyring

    place, secret, dialect = Home(home.absolute()), passphrase.read(passphrase_file), _dialect(mbox_dialect)
    keyring = Keyring.unlock(place, secret)
    chosen = _organisation(organisation, keyring.organisations)
    shown = _Shown()
    with connect(place, secret) as doors, _stopping() as stop:
        size = next(each.size for each in doors.capture.status().organisations if each.organisation == chosen)
        held_file = place.keyring.parent / "held" / chosen
        with HeldDigests(held_file, keyring.index_key(chosen), ledger_size=size) as held:
            run = Import(
                doors.capture,
                chosen,
                held,
                ports=Ports(reason_unreadable, shown.passed, shown.progress),
                source=source,
                dialect=dialect,
                stop=stop,
            )
            summary = run.run(paths)
    shown.end(summary, as_json=as_json)
    if run.fault:
        raise run.fault
    if stop.is_set():
        typer.echo("Stopped. Give the same command again to go on.", err=True)
        raise typer.Exit(STOPPED)
    if summary.failed:
        raise typer.Exit(4)


def _dialect(text: str) -> "Dialect":
    from muniment.capture.files.mbox import DIALECTS, Dialect

    if text not in DIALECTS:
        raise WrongUseError(
            f"There is no mbox dialect {text!r}.", remedy=f"There are: {', '.join(DIALECTS)}."
        )
    chosen: Dialect = msgspec.convert(text, Dialect)
    return chosen


def _organisation(wanted: str, known: tuple[str, ...]) -> str:
    if wanted in known:
        return wanted
    if not wanted and len(known) == 1:
        return known[0]
    raise WrongUseError(
        f"There is no organisation {wanted!r} here." if wanted else "It is not said whose mail this is.",
        remedy=f"Give --organisation, one of: {', '.join(known)}.",
    )


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C sets; the second one ends the program at once."""
    stop = threading.Event()

    def asked(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            signal.default_int_handler(number, frame)
        stop.set()

    before = {number: signal.signal(number, asked) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Shown:
    """What a person sees while it runs; names of files and counts, never a word of a message."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._status = self._console.status("Looking for mail …")
        if self._console.is_terminal:
            self._status.start()

    def passed(self, passed: "Passed") -> None:
        self._console.print(f"Not read: {passed.origin}: {passed.reason}", markup=False)

    def progress(self, progress: "Progress") -> None:
        minutes, seconds = divmod(round(progress.remaining), 60)
        self._status.update(
            f"{progress.seen} messages, {decimal(progress.done)} of {decimal(progress.total)},"
            f" {decimal(round(progress.rate))}/s, {minutes}:{seconds:02} to go"
        )

    def end(self, summary: "Summary", *, as_json: bool) -> None:
        self._status.stop()
        if as_json:
            typer.echo(msgspec.json.encode(summary).decode())
            return
        typer.echo(
            f"{summary.seen} seen: {summary.sealed} sealed, {summary.already_held} held already,"
            f" {summary.failed} failed. Of the sealed, {summary.unreadable} cannot be read as mail."
            f" {decimal(summary.bytes)} in {summary.seconds} s."
        )
