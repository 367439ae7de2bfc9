"""The part of `muniment import` that seals files of call details: CDR, CEL, Graph call records, a carrier's CSV."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from muniment.core.errors import MunimentError

if TYPE_CHECKING:
    from muniment.capture.batch import Keeping
    from muniment.capture.calls.spool.detail_import import DetailSummary
    from muniment.capture.calls.spool.fields import Mapped
    from muniment.capture.tally import Held

LOOKED_AT = 50  # files of a folder that are read to know what it holds
LARGEST_LOOK = 32 * 1024 * 1024  # bytes


def are_details(path: Path, mapped: "Mapped") -> bool:
    """Whether what a person named is a file of call details, or a folder that has one."""
    from muniment.capture.calls.spool import listing

    for each in _files(path):
        try:
            if each.stat().st_size <= LARGEST_LOOK and listing.read(each.read_bytes(), str(each), mapped):
                return True
        except (OSError, MunimentError):
            continue
    return False


def run(
    paths: Sequence[Path],
    keeper: "Keeping",
    organisation: str,
    held: "Held",
    *,
    source: str,
    mapped: "Mapped",
) -> "tuple[DetailSummary | None, MunimentError | None]":
    """Seal call details; the summary, None where there were none, and why it ended early if it did."""
    from muniment.capture.calls.spool.detail_import import DetailImport

    def refused(path: str, reason: str) -> None:
        typer.echo(f"Not read: {path}: {reason}", err=True)

    work = DetailImport(keeper, organisation, held, source=source, mapped=mapped, refused=refused)
    summary = work.run(paths)
    return (summary if summary.seen else None), work.fault


def show(summary: "DetailSummary") -> None:
    """Print the summary for people."""
    typer.echo(
        f"{summary.seen} files of call details seen: {summary.sealed} sealed with {summary.calls} calls,"
        f" {summary.already_held} held already, {summary.failed} failed, {summary.waiting} still being written."
    )


def _files(path: Path) -> list[Path]:
    from muniment.capture.calls.spool.finding import ACCOUNTS

    wanted = {f".{each}" for each in ACCOUNTS - {"txt"}}
    if path.is_file():
        return [path] if path.suffix.lower() in wanted else []
    if not path.is_dir():
        return []
    found = (each for each in path.rglob("*") if each.is_file() and each.suffix.lower() in wanted)
    return [each for each, _ in zip(found, range(LOOKED_AT), strict=False)]
