"""The part of `muniment import` that seals recordings: what a person sees of it while it runs."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import typer
from rich.filesize import decimal

from muniment.cli.import_shown import shown
from muniment.core.errors import MunimentError, WrongUseError

if TYPE_CHECKING:
    from muniment.capture.calls.ruling import Ruling
    from muniment.capture.calls.spool.fields import Mapped
    from muniment.capture.calls.spool.finding import Kind
    from muniment.capture.calls.spool.importing import Recording, Summary
    from muniment.capture.tally import Held

SHOWN = 10  # orphans that are named on the screen; --json names more


def are_recordings(path: Path) -> bool:
    """Whether what a person named holds recordings or vCons, not mail."""
    from muniment.capture.calls.spool.finding import holds_sounds

    return holds_sounds(path)


def kind_of(text: str) -> "Kind":
    """The kind of spool that a person named; WrongUseError for another word."""
    from muniment.capture.calls.spool.finding import KINDS, Kind

    if text not in KINDS:
        raise WrongUseError(
            f"There is no kind of recordings {text!r}.", remedy=f"There are: {', '.join(KINDS)}."
        )
    chosen: Kind = msgspec.convert(text, Kind)
    return chosen


def run(
    paths: Sequence[Path],
    keeper: "Recording",
    organisation: str,
    held: "Held",
    *,
    source: str,
    kind: str,
    mapped: "Mapped",
    ruling: "Ruling",
    stop: threading.Event,
) -> "tuple[Summary, MunimentError | None]":
    """Seal recordings; the summary, and why it ended early if it did."""
    from muniment.capture.calls.spool.importing import Manner, Ports, SpoolImport

    with shown("recordings") as line:
        work = SpoolImport(
            keeper,
            organisation,
            held,
            ports=Ports(line.refused, line.progress),
            manner=Manner(source=source, kind=kind_of(kind), mapped=mapped, ruling=ruling),
            stop=stop,
        )
        return work.run(paths), work.fault


def said(summary: "Summary") -> str:
    """The summary in words, with the first of what is left over on either side."""
    counts = (
        f"{summary.seen} recordings seen: {summary.sealed} sealed, {summary.already_held} held already,"
        f" {summary.failed} failed, {summary.waiting} still being written."
        f" {decimal(summary.bytes)} in {summary.seconds} s."
    )
    lines = [counts]
    if summary.left_out:
        lines.append(f"{summary.left_out} left out by a recording rule; they stay where they are.")
    if summary.without_account:
        lines.append(f"{len(summary.without_account)} without an account of the switch:")
        lines += [f"  {one}" for one in summary.without_account[:SHOWN]]
    if summary.unrecorded_count:
        lines.append(f"{summary.unrecorded_count} answered calls of which no recording was found:")
        lines += [f"  {one}" for one in summary.unrecorded[:SHOWN]]
    return "\n".join(lines)


def ruling_of(home: Path) -> "Ruling":
    """The recording rules and lines of an installation's settings."""
    from muniment.capture.calls.ruling import Ruling
    from muniment.core import settings
    from muniment.core.home import Home

    calls = settings.load(Home(home)).calls
    return Ruling(calls.rule, calls.line)


def show(summary: "Summary") -> None:
    """Print the summary for people."""
    typer.echo(said(summary))
