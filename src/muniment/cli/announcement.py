"""`muniment announcement`: recording notices as things of the record, on the machine's own command line."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from muniment.cli.completeness import organisation_of
from muniment.core import passphrase
from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.core.home import Home

if TYPE_CHECKING:
    from muniment.governance.announcements import AnnouncementView

app = typer.Typer(no_args_is_help=True)

HomeOption = Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")]
PassphraseFile = Annotated[Path | None, typer.Option(help="The file with the passphrase.")]
Organisation = Annotated[str, typer.Option(help="Whose, by the org_… id; not needed where there is one.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.callback()
def announcement() -> None:
    """Recording notices: publish a version, list them, show one. The switch plays them; calls are compared with them."""


@app.command()
def add(  # noqa: PLR0917 - Typer reads each option from a parameter
    file: Annotated[Path, typer.Argument(help="A WAV file, exactly as the switch plays it.")],
    home: HomeOption,
    name: Annotated[str, typer.Option(help="What it is called: small letters, digits, dots, hyphens.")],
    text: Annotated[str, typer.Option(help="What it says, word for word.")],
    language: Annotated[str, typer.Option(help="In which language, as en-GB.")] = "en-GB",
    source: Annotated[
        list[str] | None, typer.Option(help="A source on which it is played; all without.")
    ] = None,
    queue: Annotated[
        list[str] | None, typer.Option(help="A queue in which it is played; all without.")
    ] = None,
    line: Annotated[
        list[str] | None,
        typer.Option(help="A called number or extension on which it is played; all without."),
    ] = None,
    since: Annotated[str, typer.Option(help="From which day on, as 2026-03-01; today without.")] = "",
    organisation: Organisation = "",
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Publish the next version: its sound and wording are sealed, and stand in the proof log.

    A running recorder listens for it within seconds.
    """
    place, secret, chosen = _start(home, passphrase_file, organisation)
    from muniment.governance import announcements
    from muniment.vault.client import connect

    try:
        sound = file.read_bytes()
    except OSError as error:
        raise NotAvailableError(f"{file} cannot be read.", why=f"{error.strerror}.") from error
    draft = announcements.Draft(
        name, language, text, tuple(source or ()), tuple(queue or ()), tuple(line or ()), _day(since)
    )
    with connect(place, secret) as doors:
        made = announcements.publish(doors.desk, doors.capture, chosen, draft, sound, None)
    typer.echo(msgspec.json.encode(made).decode() if as_json else told(made))


@app.command(name="list")
def list_(
    home: HomeOption,
    organisation: Organisation = "",
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Every version, the newest of each first, with the lines that use it."""
    _, _, chosen = _start(home, passphrase_file, organisation)
    from muniment.core import clock
    from muniment.governance import announcements, heard_notices

    found = announcements.listed(chosen)
    if as_json:
        typer.echo(msgspec.json.encode({"announcements": found}).decode())
        return
    today, heard = clock.now().date(), heard_notices.heard(chosen)
    for each in found:
        state = "played now" if each.in_force(today) else "not played now"
        proved = heard.get((each.name, each.version, each.language))
        calls = (
            f"heard in {proved.calls} call{'s' * (proved.calls != 1)}, likeness {proved.least:.2f} to {proved.most:.2f}"
            if proved
            else "heard in no call yet"
        )
        typer.echo(f"{each.name} {each.version} ({each.language}): {state}, {_places(each)}; {calls}")
    if not found:
        typer.echo("None. Publish one with: muniment announcement add FILE.wav --name welcome --text …")


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="The announcement's name.")],
    home: HomeOption,
    version: Annotated[int, typer.Option(help="Which version; the newest without.")] = 0,
    language: Annotated[str, typer.Option(help="In which language.")] = "en-GB",
    sound: Annotated[Path | None, typer.Option(help="Write its sound there, as a WAV file at 8 kHz.")] = None,
    organisation: Organisation = "",
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """One version: its wording, where it is played, and where it stands in the record and the proof log."""
    _, _, chosen = _start(home, passphrase_file, organisation)
    from muniment.governance import announcements

    found = next(
        (
            each
            for each in announcements.listed(chosen)
            if (each.name, each.language) == (name, language) and version in {0, each.version}
        ),
        None,
    )
    if found is None:
        raise WrongUseError("There is no such announcement.", remedy="See: muniment announcement list")
    if sound is not None:
        sound.write_bytes(announcements.sound(chosen, found.id))
    typer.echo(msgspec.json.encode(found).decode() if as_json else told(found))


def told(each: "AnnouncementView") -> str:
    """One version in words."""
    days = f"from {each.since}" + (f" to {each.until}" if each.until else "")
    return "\n".join(
        (
            f"{each.name}, version {each.version} ({each.language}), {each.seconds:.1f} s, {days}",
            f"  {_places(each)}",
            f"  “{each.text}”",
            f"  Sealed as {each.record}; SHA-256 of the file {each.sha256}; number {each.ledger_sequence} of the proof log.",
        )
    )


def _places(each: "AnnouncementView") -> str:
    said = [
        f"{word} {', '.join(names)}"
        for word, names in (("sources", each.sources), ("queues", each.queues), ("lines", each.lines))
        if names
    ]
    return "; ".join(said) or "on every line"


def _start(home: Path, passphrase_file: Path | None, wanted: str) -> tuple[Home, bytes, str]:
    from muniment.vault.keyring import Keyring
    from muniment.web import installation

    place, secret = Home(home.absolute()), passphrase.read(passphrase_file)
    keyring = Keyring.unlock(place, secret)
    chosen = organisation_of(wanted, keyring.organisations)
    installation.start(place, keyring.worker_keys())
    return place, secret, chosen


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise WrongUseError(f"{text!r} is no day.", remedy="Write 2026-03-01.") from error
