"""What a row of the access table is, and what stands behind the ids in addresses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from muniment.people.roles import Role
from tests.town import Town

OUT: Final = "to sign in"
FORM: Final = "POST only"

type Arguments = Callable[[Town, "Things"], dict[str, object]]


@dataclass(frozen=True)
class Things:
    """What stands behind the ids in addresses: made once for the whole table."""

    policy: int
    change: int
    joint: int
    """An act that two authorities sign."""
    enrolment: str
    demo: str
    draft: str
    unwanted: str
    """A draft that is thrown away."""
    locating: str
    """A request whose records are being looked for."""
    deciding: str
    """A request that waits for a decision."""
    case: str
    grant: str
    record: str
    reading: str
    hold: str
    """On the record."""
    act: int
    delegation: str


@dataclass(frozen=True)
class Row:
    """One page: who gets what. Asked by GET, or by POST where the page takes nothing else."""

    everybody: int
    nobody: int | str = OUT
    other: int | None = None
    by_role: Mapping[Role, int] = field(default_factory=dict)
    other_by_role: Mapping[Role, int] = field(default_factory=dict)
    """Where the page is for some roles only: whoever has none of them is refused before any id is read."""
    arguments: Arguments = lambda _town, _things: {}
    method: str = "get"
    data: Mapping[str, str] = field(default_factory=dict)


def all_but(answer: int, *roles: Role) -> dict[Role, int]:
    """The same answer for every role but these."""
    return {role: answer for role in Role if role not in roles}


def only(answer: int, *roles: Role, **others: int) -> dict[Role, int]:
    """An answer for these roles, and other answers by the role's name."""
    return {**dict.fromkeys(roles, answer), **{Role(name): code for name, code in others.items()}}
