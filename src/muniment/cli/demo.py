"""`muniment demo`: two sample organisations, and what a visitor may do to them."""

import os
from pathlib import Path
from typing import Annotated

import typer

from muniment.core.home import Home

app = typer.Typer(no_args_is_help=False)

HomeOption = Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The demo's home directory.")]
DEFAULT_HOME = Path("var/demo")
MAIL_OFFSET = 5  # incoming mail is taken on the port of the pages and 5, and the next ones


@app.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    home: HomeOption = DEFAULT_HOME,
    port: Annotated[int, typer.Option(envvar="MUNIMENT_PORT", help="The port of the pages.")] = 8420,
    mail_port: Annotated[
        int,
        typer.Option(envvar="MUNIMENT_MAIL_PORT", help="The first port for mail; 0: that of the pages + 5."),
    ] = 0,
) -> None:
    """Make the demo if there is none yet, then run it until Ctrl-C."""
    if context.invoked_subcommand:
        return
    from muniment.demo import build, running
    from muniment.demo.card import Ports

    os.environ["MUNIMENT_PORT"] = str(port)
    place = Home(home.absolute())
    ports = Ports(port, mail_port or port + MAIL_OFFSET)
    running.end_tidily()
    running.require_ports(ports)
    card = build.ensure(place, ports, typer.echo)
    running.run(place, card, typer.echo)


@app.command()
def send(
    home: HomeOption = DEFAULT_HOME,
    sender: Annotated[str, typer.Option("--from", help="Who writes.")] = "visitor@example.org",
    to: Annotated[
        str, typer.Option(help="To whom; a persona's address.")
    ] = "jack.fenwick@wethercote.example",
    subject: Annotated[str, typer.Option(help="What about.")] = "A mail from a visitor",
    text: Annotated[str, typer.Option(help="What it says.")] = "Hello, can you see me?",
) -> None:
    """Send a mail to the running demo, as its mail server would, and see it counted and locked."""
    from muniment.demo import sending

    sent = sending.send(Home(home.absolute()), sender=sender, to=to, subject=subject, text=text)
    typer.echo(f"{sent.answer}. {sent.organisation} now holds {sent.after} records; it held {sent.before}.")


@app.command()
def damage(
    home: HomeOption = DEFAULT_HOME,
    record: Annotated[str, typer.Option(help="Which record, by its rec_… id; else one in the middle.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Put the byte back.")] = False,
) -> None:
    """Change one byte of one record on the disk, to see that it is found and named. Only in a demo."""
    from muniment.demo import damaging

    place = Home(home.absolute())
    if undo:
        typer.echo(f"The byte of {damaging.undo(place)} is as it was. Check with: muniment verify")
        return
    done = damaging.damage(place, record)
    typer.echo(
        f"One byte of {done.record} was changed, at {done.offset} in {done.file}.\n"
        "Find it with: muniment verify\nPut it back with: muniment demo damage --undo"
    )


@app.command()
def tour() -> None:
    """The steps of the ten-minute tour."""
    from muniment.demo import tour as guide

    typer.echo(guide.as_text())
