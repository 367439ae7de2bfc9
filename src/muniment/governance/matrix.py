"""The approval matrix: who says yes to what. Rows are the organisation's data, never code.

A policy pack is one TOML file of rows. Its version is the `matrix` number of every warrant that is
signed under it, so that a decision can be judged later by the rules of its own day.
"""

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec

from muniment.core.errors import WrongUseError

LONGEST_GRANT_DAYS = 14
"""No grant outside a case of a subject's right lasts longer (design: who approves what)."""

DIRECTORS = frozenset({"director", "managing_director"})


class RequestClass(StrEnum):
    """What kind of yes is asked for. Each has its row in every pack."""

    BULK_EXPORT = "bulk_export"
    BUSINESS = "business"
    DISCIPLINARY = "disciplinary"
    DSAR = "dsar"
    ERASURE = "erasure"
    HOLD_RELEASE = "hold_release"
    INVESTIGATION = "investigation"
    MONITOR = "monitor"
    POLICE = "police"
    PRIVATE_OVERRIDE = "private_override"


class Seat(msgspec.Struct, frozen=True):
    """One person whose yes is needed: groups of roles, each asked only when nobody before it may decide."""

    groups: tuple[frozenset[str], ...]


class Row(msgspec.Struct, frozen=True):
    """One row of the matrix: who may ask, who decides, for what actions, how long, under which clause."""

    request_class: RequestClass
    title: str
    requesters: frozenset[str]
    seats: tuple[Seat, ...]
    actions: tuple[str, ...]
    clause: str
    because: str
    """In words, for the approver: why the decision is theirs."""
    subject_right: bool
    """A right of the person concerned: the Data Controller may sign for herself, a second person is told."""
    consult: frozenset[str]
    """A decider outside these roles must first have recorded a consultation with one of them."""
    days: int
    deputy_clause: str
    """The clause that lets somebody who is no director stand in for one; empty if there is none."""


class Matrix(msgspec.Struct, frozen=True):
    """A policy pack as loaded: its name, its version and one row for each class of request."""

    pack: str
    version: int
    title: str
    rows: tuple[Row, ...]

    def row(self, request_class: str) -> Row:
        """The row for a class; WrongUseError if the pack has none."""
        for row in self.rows:
            if row.request_class == request_class:
                return row
        raise WrongUseError(f"The policy pack {self.pack!r} has no row for {request_class!r}.")


class _RowText(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"request_class": "class"}):
    request_class: RequestClass
    title: str
    requesters: tuple[str, ...]
    seats: tuple[tuple[str, ...], ...]
    actions: tuple[str, ...]
    clause: str
    because: str
    subject_right: bool = False
    consult: tuple[str, ...] = ()
    days: int = LONGEST_GRANT_DAYS
    deputy_clause: str = ""


class _PackText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pack: str
    version: int
    title: str
    row: tuple[_RowText, ...]


_USUAL = ("view", "listen")  # reading a mail, hearing a call: one need, two kinds of record


def allowed(actions: tuple[str, ...]) -> tuple[str, ...]:
    """What a request of a row may ask for: who may have a record erased may have less of it kept.

    That is, a stretch of it taken out, or its sound kept in another form.
    """
    return (*actions, "compress", "excise") if "erase" in actions else actions


def usual(actions: tuple[str, ...]) -> tuple[str, ...]:
    """What a request asks for that says nothing else, among what its row allows."""
    return tuple(one for one in actions if one in _USUAL) or actions[:1]


def parse(text: str) -> Matrix:
    """Read a policy pack; WrongUseError names the row and the rule that it breaks."""
    try:
        written = msgspec.convert(tomllib.loads(text), _PackText)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise WrongUseError("The policy pack cannot be read.", why=f"{error}.") from error
    matrix = Matrix(written.pack, written.version, written.title, tuple(_row(row) for row in written.row))
    check(matrix)
    return matrix


def _row(written: _RowText) -> Row:
    seats = tuple(Seat(tuple(_group(text) for text in seat)) for seat in written.seats)
    return Row(
        request_class=written.request_class,
        title=written.title,
        requesters=frozenset(written.requesters),
        seats=seats,
        actions=written.actions,
        clause=written.clause,
        because=written.because,
        subject_right=written.subject_right,
        consult=frozenset(written.consult),
        days=written.days,
        deputy_clause=written.deputy_clause,
    )


def _group(text: str) -> frozenset[str]:
    return frozenset(name.strip() for name in text.split("|"))


# What no pack may loosen. 1: every class has exactly one row, save that a pack from before calls could be
# heard while they last has none for that, and nobody asks for it then. 2: two different persons for the classes
# whose harm cannot be undone. 3: a business need is a director's to grant, calls in progress too, unless a
# clause names a deputy.
# 4: fourteen days at most, save where the case itself is the limit. 5: nobody decides without a seat.
TWO_PERSONS = frozenset(
    {
        RequestClass.BULK_EXPORT,
        RequestClass.ERASURE,
        RequestClass.HOLD_RELEASE,
        RequestClass.PRIVATE_OVERRIDE,
    }
)


DIRECTORS_ONLY = frozenset({RequestClass.BUSINESS, RequestClass.MONITOR})
OPTIONAL = frozenset({RequestClass.MONITOR})


def check(matrix: Matrix) -> None:
    """Refuse a pack that would loosen what no pack may (see the numbered rules above)."""
    named = [row.request_class for row in matrix.rows]
    if len(set(named)) < len(named) or not {*RequestClass} - OPTIONAL <= {*named}:  # 1
        raise WrongUseError(f"The policy pack {matrix.pack!r} must have one row for each class of request.")
    for row in matrix.rows:
        if row.request_class in TWO_PERSONS and len(row.seats) < 2:  # noqa: PLR2004  # 2
            raise _broken(row, "it needs the yes of two different persons")
        asked = frozenset[str]().union(*(group for seat in row.seats for group in seat.groups))
        if row.request_class in DIRECTORS_ONLY and not asked <= DIRECTORS and not row.deputy_clause:
            raise _broken(row, "somebody who is no director decides, and no clause says so")  # 3
        if not 1 <= row.days <= LONGEST_GRANT_DAYS and not row.subject_right:  # 4
            raise _broken(row, f"a grant lasts from 1 to {LONGEST_GRANT_DAYS} days")
        if not row.seats or not all(seat.groups and all(seat.groups) for seat in row.seats):  # 5
            raise _broken(row, "nobody is named to decide")


def _broken(row: Row, why: str) -> WrongUseError:
    return WrongUseError(f"The row {row.request_class.value!r} of the policy pack is not allowed: {why}.")


PACKS = ("call_recording", "communications", "electronic_communications")


def pack_text(name: str) -> str:
    """The text of a pack that ships; WrongUseError for an unknown name."""
    if name not in PACKS:
        raise WrongUseError(f"There is no policy pack {name!r}.", remedy=f"Choose one of {', '.join(PACKS)}.")
    return files(__package__).joinpath("packs", f"{name}.toml").read_text(encoding="utf-8")


@cache
def shipped(name: str) -> Matrix:
    """A pack that ships with Muniment."""
    return parse(pack_text(name))
