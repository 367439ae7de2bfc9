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
    enrolment: str
    demo: str
    record: str
    hold: str
    act: int


@dataclass(frozen=True)
class Row:
    """One page: who gets what. Asked by GET, or by POST where the page takes nothing else."""

    everybody: int
    nobody: int | str = OUT
    other: int | None = None
    by_role: Mapping[Role, int] = field(default_factory=dict)
    arguments: Arguments = lambda _town, _things: {}
    method: str = "get"
    data: Mapping[str, str] = field(default_factory=dict)


def all_but(answer: int, *roles: Role) -> dict[Role, int]:
    """The same answer for every role but these."""
    return {role: answer for role in Role if role not in roles}
