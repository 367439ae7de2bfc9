"""`muniment source report`: what should be there of a day's calls, and what is."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from muniment.core import passphrase, settings
from muniment.core.errors import FaultFoundError, WrongUseError
from muniment.core.home import Home

if TYPE_CHECKING:
    from muniment.governance.completeness import ReportView

SHOWN = 40  # gaps that are named on the screen; --json names more


def command(
    home: Annotated[Path, typer.Option(envvar="MUNIMENT_HOME", help="The installation's home directory.")],
    *,
    day: Annotated[str, typer.Option(help="Which day, as 2026-03-01; the last one that is over.")] = "",
    organisation: Annotated[
        str, typer.Option(help="Whose, by the org_… id; not needed where there is one.")
    ] = "",
    passphrase_file: Annotated[Path | None, typer.Option(help="The file with the passphrase.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Hold recordings against what the switch says, and name each gap. No content is opened.

    Ends with status 1 where something is missing.
    """
    from muniment.core import clock
    from muniment.vault.keyring import Keyring
    from muniment.web import installation

    place = Home(home.absolute())
    keyring = Keyring.unlock(place, passphrase.read(passphrase_file))
    chosen = organisation_of(organisation, keyring.organisations)
    installation.start(place, keyring.worker_keys())
    from muniment.governance import completeness

    calls = settings.load(place).calls
    rules = calls.assurance
    asked = _day(day) if day else completeness.last_day(rules, clock.now())
    found = completeness.of_day(chosen, asked) or completeness.composed_now(
        completeness.compose(chosen, asked, rules, calls.rule)
    )
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
    else:
        typer.echo(said(found))
    if found.report.gap_count or not found.report.reconciled:
        raise typer.Exit(FaultFoundError.exit_status)


def said(found: "ReportView") -> str:
    """A report in words."""
    made = found.report
    counts = (
        f"Calls of {made.day}: {made.expected} expected. {made.recorded} recorded, {made.partly} in part,"
        f" {made.not_recorded} not recorded, {made.not_expected} not to be recorded."
        f" {made.unexplained_count} recordings that no account of the switch explains."
    )
    lines = [counts]
    if not made.reconciled:
        lines.append("No account of the switch came in for that day: nobody knows what is missing.")
    lines += [f"  {reason}: {count}" for reason, count in sorted(made.reasons.items())]
    for gap in made.gaps[:SHOWN]:
        line = f" on {gap.line}" if gap.line else ""
        lines.append(f"  {gap.call}{line}: {gap.outcome} ({', '.join(gap.reasons)}), {gap.missing} s missing")
    lines += [
        f"  {each.call}{f' on {each.line}' if each.line else ''}: not recorded by rule {each.note}"
        for each in (made.left_out or ())[:SHOWN]
    ]
    lines += [f"  notice {state}: {count}" for state, count in sorted((made.notices or {}).items())]
    lines += [f"Silent: {name}" for name in made.silent]
    place = (
        f"entry {found.ledger_sequence} of the ledger"
        if found.ledger_sequence >= 0
        else "not in the ledger yet"
    )
    lines.append(f"SHA-256 {found.digest}, {place}.")
    return "\n".join(lines)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise WrongUseError(f"{text!r} is no day.", remedy="Write 2026-03-01.") from error


def organisation_of(wanted: str, known: tuple[str, ...]) -> str:
    """The organisation that is meant; WrongUseError where that is not clear."""
    if wanted in known:
        return wanted
    if not wanted and len(known) == 1:
        return known[0]
    raise WrongUseError(
        f"There is no organisation {wanted!r} here." if wanted else "It is not said whose calls are meant.",
        remedy=f"Give --organisation, one of: {', '.join(known)}.",
    )
