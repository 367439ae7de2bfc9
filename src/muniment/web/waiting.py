"""The port behind “what waits for me”: each room that has something waiting adds a source."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from muniment.people.views import PersonView


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for a person: what it is, where to do it, until when."""

    title: str
    address: str
    detail: str = ""
    state: str = ""
    """One or two words for its tag."""
    due: datetime | None = None


type Source = Callable[[PersonView], Iterable[Waiting]]

_sources: list[Source] = []


def add_source(source: Source) -> None:
    """Ask this source too, from now on. Called once, by the application that has it, at its start."""
    if source not in _sources:
        _sources.append(source)


def waiting_for(person: PersonView) -> tuple[Waiting, ...]:
    """Everything that waits for the person, the earliest deadline first, undated things last."""
    found = [one for source in _sources for one in source(person)]
    dated = sorted((one for one in found if one.due), key=lambda one: one.due.timestamp() if one.due else 0)
    return (*dated, *(one for one in found if not one.due))
