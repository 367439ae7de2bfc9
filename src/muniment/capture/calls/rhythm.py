"""How often each source speaks, and since when it has been silent longer than it ever is: learnt, not set.

A switch that asks for our health (OPTIONS) does so by the clock: four times its usual pause is silence. One
that only calls is judged by its calls, against its own longest pause of a fortnight, once a week is known: so
neither a night nor a weekend is taken for a fault. Times are seconds since 1970. What is kept on the disk are
names of the settings and times, and nothing about any call.
"""

import statistics
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from muniment.core.canonical import Json, dumps

MOST_PAUSES = 32  # of the last ones, from which the usual pause is known
FEWEST_PAUSES = 4
DAYS = 14
FEWEST_DAYS = 7
DAY = 24 * 3600
TIMES = 4  # usual pauses between two health questions, until it is silence
SHORTEST = 120  # seconds of silence before anything is said of a source that asks for our health
LONGER = 1.5  # times the longest pause between two calls
SHORTEST_CALLS = 3600

type Kind = Literal["health", "call"]


class Rhythm(msgspec.Struct):
    """One source, as it has spoken so far; 0 where it never did."""

    health: int = 0
    call: int = 0
    pauses: list[int] = []
    """Between health questions, the last ones."""
    longest: dict[str, int] = {}
    """By day, the longest pause between two calls that ended on it."""

    def heard(self, kind: Kind, now: int) -> None:
        """It has asked for our health, or called."""
        if kind == "health":
            if self.health and now > self.health:
                self.pauses = [*self.pauses[1 - MOST_PAUSES :], now - self.health]
            self.health = now
            return
        if self.call and now > self.call:
            day = str(now // DAY)
            self.longest[day] = max(self.longest.get(day, 0), now - self.call)
            self.longest = {
                name: pause for name, pause in self.longest.items() if int(name) > now // DAY - DAYS
            }
        elif not self.call:
            self.longest[str(now // DAY)] = 0
        self.call = now

    def silence(self, now: int) -> tuple[int, int]:
        """For how long it has been silent beyond its rhythm, and what that rhythm is; (0, …) where it is not."""
        usual = int(statistics.median(self.pauses)) if len(self.pauses) >= FEWEST_PAUSES else 0
        last = max(self.health, self.call)
        if usual:
            return (now - last if now - last > max(TIMES * usual, SHORTEST) else 0), usual
        days = [int(day) for day in self.longest]
        if not days or now // DAY - min(days) < FEWEST_DAYS:
            return 0, 0
        longest = max(self.longest.values())
        quiet = now - last
        return (quiet if quiet > max(LONGER * longest, SHORTEST_CALLS) else 0), longest


class SourceState(msgspec.Struct, frozen=True):
    """One source for whoever looks after the machine. `silent` are seconds beyond its rhythm, 0 where it is well.

    `usual` is its usual pause between health questions, or its longest between calls; 0 while it is not known.
    """

    organisation: str
    name: str
    last_health: int
    last_call: int
    silent: int
    usual: int
    invitation: str = ""
    """Of a source with which we start the session: "stands", "asking", or why it failed; empty for others."""
    invited: int = 0
    """How often it was asked since a session stood."""


class Rhythms:
    """All sources of one recorder, kept in a small file so that a restart forgets nothing."""

    def __init__(self, path: Path | None = None) -> None:
        """A file that is not there, or is damaged, is begun anew."""
        self._path, self._changed = path, False
        self._known: dict[str, Rhythm] = {}
        if path is not None:
            with suppress(OSError, msgspec.MsgspecError):
                self._known = msgspec.json.decode(path.read_bytes(), type=dict[str, Rhythm])

    def heard(self, organisation: str, name: str, kind: Kind, now: int) -> None:
        """A source has spoken."""
        self._known.setdefault(f"{organisation}/{name}", Rhythm()).heard(kind, now)
        self._changed = True

    def states(self, sources: Mapping[str, str], now: int) -> tuple[SourceState, ...]:
        """How each source stands; `sources` are organisations by `organisation/name`, as they are set up."""
        found = []
        for key, organisation in sources.items():
            rhythm = self._known.get(key, Rhythm())
            silent, usual = rhythm.silence(now)
            name = key.removeprefix(f"{organisation}/")
            found.append(SourceState(organisation, name, rhythm.health, rhythm.call, silent, usual))
        return tuple(found)

    def keep(self) -> None:
        """Write what has changed; a disk that refuses costs only memory of it."""
        if self._path is None or not self._changed:
            return
        value: Json = msgspec.to_builtins(self._known)
        aside = self._path.with_suffix(".new")
        with suppress(OSError):
            aside.write_bytes(dumps(value))
            aside.replace(self._path)
            self._changed = False
