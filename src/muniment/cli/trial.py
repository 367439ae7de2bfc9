"""`muniment source test-call`: a call of our own against the running recorder, each step with its time."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from muniment.core.home import Home

if TYPE_CHECKING:
    from muniment.capture.calls.switch.trial import Step


def command(
    home: Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")],
    organisation: Annotated[str, typer.Option(help="Whose source, by the org_… id.")] = "",
    source: Annotated[str, typer.Option(help="The source's name, where there are several.")] = "",
    transport: Annotated[str, typer.Option(help="udp, tcp or tls; the first listener's without it.")] = "",
    address: Annotated[str, typer.Option(help="HOST:PORT, where the listener's own is not to be used.")] = "",
    certificate: Annotated[str, typer.Option(help="For tls: our certificate, where one is asked for.")] = "",
    key: Annotated[str, typer.Option(help="For tls: the key of that certificate.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Make a test call: signal it, speak, play the notice, pause, hang up, and hold it against what was sealed.

    It is recorded like any other, marked as a test, and counts nowhere as somebody's call. Ends with status 1
    where a step fails.
    """
    from muniment.capture.calls.door import RecorderDoor
    from muniment.capture.calls.switch import choosing
    from muniment.core import settings

    place = Home(home.absolute())
    chosen = settings.load(place).calls
    wish = choosing.Wish(organisation, source, transport, address, certificate, key)
    made = choosing.make(
        choosing.one(chosen, wish),
        choosing.reach(chosen, wish),
        RecorderDoor(place.socket("recorder")),
        (lambda _: None) if as_json else (lambda step: typer.echo(line(step))),
    )
    if as_json:
        typer.echo(msgspec.json.encode(made).decode())
    else:
        typer.echo(f"{'All well' if made.well else 'Not well'}, in {made.seconds:.1f} seconds.")
    if not made.well:
        raise typer.Exit(1)


def line(step: "Step") -> str:
    """One step for a terminal."""
    mark = "ok" if step.well else "FAILED"
    said = f"{mark:<7}{step.name:<11}{step.milliseconds / 1000:7.2f} s  {step.says}"
    return f"{said}\n       {step.remedy}" if step.remedy else said
