"""Who decides one request: the matrix row applied to the people of the organisation.

1. The requester, the persons whom the request is about and their line managers never decide. The one
   exception is the Data Controller in a case of a subject's right, of whom a second person is told.
2. In each seat the first group of roles with somebody left decides; a later group only if none is.
3. Seats are filled by different persons; where that cannot be, a seat looks further down its list.
4. Whoever holds a running delegation of the Data Controller's seat fills it beside her, where she herself
   could and they are not excluded by 1.
5. If a seat stays empty the request is refused, clearly, rather than decided by somebody else.
"""

from collections.abc import Iterable, Sequence
from itertools import product

import msgspec

from muniment.core.errors import RefusedError
from muniment.governance.matrix import Row, Seat

SELF_DECIDER = "data_controller"


class Candidate(msgspec.Struct, frozen=True):
    """A person of the organisation as routing sees one: an id and the roles held.

    `stands_for` are those whose seat as Data Controller they hold by delegation.
    """

    person: str
    roles: frozenset[str]
    stands_for: frozenset[str] = frozenset()


class Parties(msgspec.Struct, frozen=True):
    """Whom a request concerns: who asks, whom it is about, and the line managers of those."""

    requester: str
    subjects: frozenset[str] = frozenset()
    subjects_managers: frozenset[str] = frozenset()


class Route(msgspec.Struct, frozen=True):
    """Who may fill each seat of one request, in the order of the seats."""

    seats: tuple[frozenset[str], ...]

    @property
    def deciders(self) -> frozenset[str]:
        """Everyone who may decide in any seat."""
        return frozenset[str]().union(*self.seats)

    def open_seats(self, decided: Sequence[str]) -> tuple[frozenset[str], ...]:
        """The seats still to be filled when `decided` have said yes; empty when nobody is needed."""
        best = _fill(self.seats, tuple(dict.fromkeys(decided)))
        return tuple(seat - frozenset(decided) for index, seat in enumerate(self.seats) if index not in best)


def route(row: Row, parties: Parties, people: Iterable[Candidate]) -> Route:
    """Apply a row to the people; RefusedError if a seat has nobody left to fill it."""
    everyone = tuple(people)
    levels = [_levels(row, seat, parties, everyone) for seat in row.seats]
    for index, level in enumerate(levels):
        if not level:
            raise _nobody(row, index)
    # The earliest groups first: product varies the last seat fastest, so sort by how far down it looks.
    for choice in sorted(
        product(*(range(len(level)) for level in levels)), key=lambda steps: (sum(steps), steps)
    ):
        seats = tuple(level[step] for level, step in zip(levels, choice, strict=True))
        if _different_persons(seats):
            return Route(seats)
    raise _nobody(row, len(row.seats) - 1)


def _levels(row: Row, seat: Seat, parties: Parties, people: Sequence[Candidate]) -> list[frozenset[str]]:
    found = []
    for group in seat.groups:
        lent = _may_lend(row, parties, people) if SELF_DECIDER in group else frozenset()
        able = frozenset(
            person.person
            for person in people
            if (person.roles & group or person.stands_for & lent) and not _excluded(row, person, parties)
        )
        if able:
            found.append(able)
    return found


def _may_lend(row: Row, parties: Parties, people: Sequence[Candidate]) -> frozenset[str]:
    """Those whose seat a delegate may fill: Data Controllers still, who could decide this themselves."""
    return frozenset(
        person.person
        for person in people
        if SELF_DECIDER in person.roles and not _excluded(row, person, parties)
    )


def _excluded(row: Row, candidate: Candidate, parties: Parties) -> bool:
    person = candidate.person
    if person in parties.subjects or person in parties.subjects_managers:
        return True
    return person == parties.requester and not (row.subject_right and SELF_DECIDER in candidate.roles)


def _different_persons(seats: Sequence[frozenset[str]]) -> bool:
    """Whether the seats can be filled by different persons (a matching; there are two or three seats)."""
    if not seats:
        return True
    first, *rest = seats
    return any(_different_persons([seat - {person} for seat in rest]) for person in first)


def _fill(seats: Sequence[frozenset[str]], decided: tuple[str, ...]) -> frozenset[int]:
    """The largest set of seats that `decided` fill, one seat each."""
    if not decided:
        return frozenset()
    person, rest = decided[0], decided[1:]
    options = [_fill(seats, rest)]
    for index, seat in enumerate(seats):
        if person in seat:
            left = tuple(frozenset() if number == index else other for number, other in enumerate(seats))
            options.append(_fill(left, rest) | {index})
    return max(options, key=len)


def _nobody(row: Row, seat: int) -> RefusedError:
    wanted = ", then ".join(
        " or ".join(sorted(role.replace("_", " ") for role in group)) for group in row.seats[seat].groups
    )
    return RefusedError(
        "Nobody in the organisation may decide this request.",
        why=f"{row.clause} asks for {wanted}; requester, subject and the subject's line manager never decide.",
        remedy="Name a deputy in the policy, or let somebody else make the request.",
    )
