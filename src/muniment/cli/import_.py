"""`muniment import`: seals mail and recordings from files and folders; given again, it goes on where it was."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.filesize import decimal

from muniment.cli import details, mappings, recordings
from muniment.cli.import_shown import shown
from muniment.core import passphrase
from muniment.core.errors import MunimentError, WrongUseError
from muniment.core.home import Home

if TYPE_CHECKING:
    from muniment.capture.batch import Keeping
    from muniment.capture.calls.spool.detail_import import DetailSummary
    from muniment.capture.calls.spool.importing import Summary as CallSummary
    from muniment.capture.files.held import HeldDigests
    from muniment.capture.files.importing import Summary
    from muniment.capture.files.mbox import Dialect

STOPPED = 130  # the status of a program that Ctrl-C has ended


def command(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Mail files (EML, mbox), Maildirs, recordings with CDRs or sidecars, or folders."
        ),
    ],
    home: Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")],
    *,
    organisation: Annotated[
        str, typer.Option(help="Whose mail, by the org_… id; not needed where there is one.")
    ] = "",
    source: Annotated[
        str, typer.Option(help="The name of the source that each record will carry.")
    ] = "import",
    mbox_dialect: Annotated[
        str, typer.Option(help="mboxo, mboxrd, mboxcl or mboxcl2: undoes its quoting. auto changes no byte.")
    ] = "auto",
    kind: Annotated[
        str, typer.Option(help="Whose recordings: asterisk, freeswitch, 3cx, voicemail … auto looks.")
    ] = "auto",
    zone: Annotated[str, typer.Option(help="The zone of times that name none.")] = "Europe/London",
    mapping: Annotated[
        str,
        typer.Option(
            help="The name of a mapping, in muniment.toml or saved on the pages, for files of a hosted switch."
        ),
    ] = "",
    passphrase_file: Annotated[Path | None, typer.Option(help="The file with the passphrase.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Seal mail and recordings from files, mailboxes and folders.

    What is held already is passed over. Ctrl-C ends it cleanly; the same command takes it up again. A path
    with sound files in it is taken as recordings, a file of call details (CDR, CEL, Graph) as that, any other as mail.
    """
    from muniment.capture.files.held import HeldDigests
    from muniment.vault.client import connect
    from muniment.vault.keyring import Keyring

    place, secret, dialect = Home(home.absolute()), passphrase.read(passphrase_file), _dialect(mbox_dialect)
    keyring = Keyring.unlock(place, secret)
    chosen = _organisation(organisation, keyring.organisations)
    done = _Done()
    with connect(place, secret) as doors, _stopping() as stop:
        mapped = mappings.chosen(place, mapping, zone, organisation=chosen, saving=doors.capture)
        sounds = [path for path in paths if recordings.are_recordings(path)]
        listed = [path for path in paths if path not in sounds and details.are_details(path, mapped)]
        mails = [path for path in paths if path not in sounds and path not in listed]
        size = next(each.size for each in doors.capture.status().organisations if each.organisation == chosen)
        held_file = place.keyring.parent / "held" / chosen
        with HeldDigests(held_file, keyring.index_key(chosen), ledger_size=size) as held:
            if mails:
                done.mail, done.fault = _mail(mails, doors.capture, chosen, held, source, dialect, stop)
            if sounds and not done.fault and not stop.is_set():
                done.calls, done.fault = recordings.run(
                    sounds,
                    doors.capture,
                    chosen,
                    held,
                    source=source,
                    kind=kind,
                    mapped=mapped,
                    ruling=recordings.ruling_of(place.path),
                    stop=stop,
                )
            if (sounds or listed) and not done.fault and not stop.is_set():
                done.details, done.fault = details.run(
                    [*sounds, *listed], doors.capture, chosen, held, source=source, mapped=mapped
                )
    done.show(as_json=as_json)
    if done.fault:
        raise done.fault
    if stop.is_set():
        typer.echo("Stopped. Give the same command again to go on.", err=True)
        raise typer.Exit(STOPPED)
    if done.failed:
        raise typer.Exit(4)


@dataclass
class _Done:
    """What became of the mail and of the recordings, where there were any."""

    mail: "Summary | None" = None
    calls: "CallSummary | None" = None
    details: "DetailSummary | None" = None
    fault: MunimentError | None = None

    @property
    def failed(self) -> int:
        return sum(one.failed for one in (self.mail, self.calls, self.details) if one is not None)

    def show(self, *, as_json: bool) -> None:
        """The summary as it is where there was one kind, both by name where there were two."""
        named = (("mail", self.mail), ("calls", self.calls), ("details", self.details))
        parts = {name: one for name, one in named if one is not None}
        if as_json:
            said = parts if len(parts) > 1 else next(iter(parts.values()), None)
            typer.echo(msgspec.json.encode(said).decode())
            return
        if self.mail is not None:
            _say(self.mail)
        if self.calls is not None:
            recordings.show(self.calls)
        if self.details is not None:
            details.show(self.details)


def _mail(
    paths: list[Path],
    keeper: "Keeping",
    organisation: str,
    held: "HeldDigests",
    source: str,
    dialect: "Dialect",
    stop: threading.Event,
) -> "tuple[Summary, MunimentError | None]":
    from muniment.capture.files.importing import Import, Ports
    from muniment.readers.mail import reason_unreadable

    with shown("messages") as line:
        ports = Ports(line.refused, line.progress, reason_unreadable)
        run = Import(keeper, organisation, held, ports=ports, source=source, dialect=dialect, stop=stop)
        return run.run(paths), run.fault


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


def _say(summary: "Summary") -> None:
    typer.echo(
        f"{summary.seen} seen: {summary.sealed} sealed, {summary.already_held} held already,"
        f" {summary.failed} failed. Of the sealed, {summary.unreadable} cannot be read as mail."
        f" {decimal(summary.bytes)} in {summary.seconds} s."
    )
