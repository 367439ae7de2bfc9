"""What `muniment doctor` says of where recordings come from as files: folders, carriers, who hands them over."""

import os
from datetime import UTC, datetime
from pathlib import Path

from muniment.capture.calls.spool.door import SOCKET, PlaceState, SpoolDoor
from muniment.core import clock, settings
from muniment.core.call_settings import CallSettings
from muniment.core.errors import MunimentError
from muniment.core.home import Home
from muniment.core.spool_settings import SpoolSettings
from muniment.processes.findings import Finding, State
from muniment.processes.serve import serving

NAME = "Recordings"
LATE = 3  # looks that may be missing


def examine(home: Home) -> tuple[Finding, ...]:
    """Whether each folder can be reached, and how the looks at it and at each carrier went."""
    try:
        calls = settings.load(home).calls
    except MunimentError:
        return ()  # the settings have said so themselves
    if not calls.file_sources:
        return ()
    states = _states(home) if serving(home) else {}
    found = [_folder(each, states.get(each.path)) for each in calls.spool]
    found += [_place(each.where, states.get(each.where)) for each in calls.carrier]
    return (*found, *_uploads(calls))


def _states(home: Home) -> dict[str, PlaceState]:
    try:
        return {each.place: each for each in SpoolDoor(home.socket(SOCKET)).looks()}
    except MunimentError:
        return {}


def _folder(spool: SpoolSettings, state: PlaceState | None) -> Finding:
    path, need = Path(spool.path), os.R_OK | os.X_OK | (os.W_OK if spool.after != "keep" else 0)
    if not path.is_dir():
        return Finding(NAME, State.TROUBLE, f"There is no folder {path}.", "Make it, or correct path.")
    if not os.access(path, need):
        return Finding(
            NAME,
            State.TROUBLE,
            f"{path} cannot be {'read' if spool.after == 'keep' else 'read and cleared'} here.",
            "Give the user that Muniment runs as the right to it.",
        )
    if state is None:
        return Finding(NAME, State.WELL, f"{path} is looked at every {spool.every} s.")
    return _place(spool.path, state)


def _place(name: str, state: PlaceState | None) -> Finding:
    if state is None:
        return Finding(
            NAME, State.ATTENTION, f"{name} is not looked at: nobody runs.", "Start it: muniment serve"
        )
    look = state.look
    last = f"Last read {_at(look.well)}." if look.well else "It was never read yet."
    if look.trouble:
        return Finding(NAME, State.TROUBLE, f"{name}: {look.trouble} {last}", look.remedy)
    if look.looked and clock.seconds() - look.looked > LATE * state.every + 3600:
        return Finding(
            NAME, State.TROUBLE, f"{name}: a look has taken more than an hour. {last}", "See the log."
        )
    if look.refused:
        left = "; ".join(look.refused)
        return Finding(NAME, State.ATTENTION, f"{name}: files were left: {left}.", "Have them mended there.")
    took = f"{look.sealed} recordings since the start"
    return Finding(NAME, State.WELL, f"{name} is looked at every {state.every} s; {took}. {last}")


def _uploads(calls: CallSettings) -> tuple[Finding, ...]:
    names = sorted({each.source for each in calls.upload})
    return (Finding(NAME, State.WELL, f"Taken by the API from: {', '.join(names)}."),) if names else ()


def _at(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC")
