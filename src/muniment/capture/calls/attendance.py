"""Who is with whom in a call, and how each came into it (RFC 7865 sections 6.3 and 6.5, RFC 8068).

It is told who is in which conversation (a communication session between the phones) whenever a message says so.

1. Whoever is named before two have been in the call is of it from the beginning.
2. Whoever comes to somebody who is in an earlier conversation too is consulted.
3. Whoever was consulted and then meets somebody else has been put through, or is in a conference.
4. Three at once in one conversation are a conference.
5. Whoever comes to somebody who was left alone on hold has picked a parked call up.
6. Anybody else who comes later came by transfer.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

type Manner = Literal["consultation", "transfer", "conference", "pick-up"]
type What = Manner | Literal["left", "joined"]

FEWEST = 2  # of a call
CONFERENCE = 3


class Gathering(NamedTuple):
    """Who is in one conversation, by one dialog's word."""

    conversation: str
    people: frozenset[str]
    sure: bool = True
    """Whether it was said who is there now; else somebody who has gone may still count."""


class Happening(NamedTuple):
    """Somebody came, went, or is in the call in another manner than before."""

    what: What
    who: str


@dataclass
class Attendance:
    """Of one call. People are named by whatever name is the same in every dialog."""

    came: dict[str, Manner] = field(default_factory=dict)
    """How those came who were not there from the beginning, or who are in a conference from it."""
    late: set[str] = field(default_factory=set)
    _known: dict[str, None] = field(default_factory=dict)
    _there: set[str] = field(default_factory=set)
    _asked: dict[str, set[str]] = field(default_factory=dict)
    """By whom somebody was consulted."""

    def look(
        self, gatherings: Iterable[Gathering], sharing: frozenset[str] = frozenset(), *, held: bool = False
    ) -> list[Happening]:
        """What has happened since the last look. `sharing` speak in a stream with others; `held`: somebody is on hold."""
        said = [each for each in gatherings if each.people]
        there = {person for each in said for person in each.people}
        before, self._there = self._there, there
        if len(self._known) < FEWEST:
            self._known.update(dict.fromkeys(sorted(there)))
            crowd = {person for each in said if len(each.people) >= CONFERENCE for person in each.people}
            self.came.update(dict.fromkeys(crowd & sharing or crowd, "conference"))
            return []
        parked = held and len(before) == 1
        happened = [Happening("left", who) for who in sorted(before - there)]
        for who in sorted(there - before):
            if who in self._known:
                happened.append(Happening("joined", who))
            else:
                happened.append(self._newcomer(who, said, sharing, parked=parked))
        return happened + [each for who in sorted(self._asked) if (each := self._put_through(who, said))]

    def _newcomer(
        self, who: str, said: list[Gathering], sharing: frozenset[str], *, parked: bool
    ) -> Happening:
        self._known[who] = None
        self.late.add(who)
        peers = _peers(who, said)
        elsewhere = {each.conversation for each in said if who not in each.people and each.people & peers}
        own = {each.conversation for each in said if who in each.people}
        manner: Manner = "transfer"
        if who in sharing or _crowded(who, said):
            manner = "conference"
        elif elsewhere - own:
            manner = "consultation"
            self._asked[who] = peers
        elif parked:
            manner = "pick-up"
        self.came[who] = manner
        return Happening(manner, who)

    def _put_through(self, who: str, said: list[Gathering]) -> Happening | None:
        """Somebody who was consulted meets others than those who asked."""
        if not _peers(who, said) - self._asked[who]:
            return None
        del self._asked[who]
        self.came[who] = "conference" if _crowded(who, said) else "transfer"
        return Happening(self.came[who], who)


def _peers(who: str, said: list[Gathering]) -> set[str]:
    return {person for each in said if who in each.people for person in each.people} - {who}


def _crowded(who: str, said: list[Gathering]) -> bool:
    return any(each.sure and who in each.people and len(each.people) >= CONFERENCE for each in said)
