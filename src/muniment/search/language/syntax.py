"""The tree that a query becomes. Every value is frozen; equal trees mean the same search."""

from datetime import date
from enum import StrEnum

import msgspec

from muniment.core.errors import WrongUseError


class Form(StrEnum):
    """How words are to be found."""

    WORD = "word"  # with its other endings: refund finds refunds and refunded
    PREFIX = "prefix"  # contr* finds contract and control
    PHRASE = "phrase"  # "charge back": exactly these words, in this order


class Relation(StrEnum):
    """On which side of a date or a size."""

    AFTER = "after"
    BEFORE = "before"
    ON = "on"
    LARGER = "larger"
    SMALLER = "smaller"


class Words(msgspec.Struct, frozen=True, tag="words"):
    """Words in one field, or, where `field` is empty, in any."""

    field: str
    text: str
    form: Form = Form.WORD
    slop: int = 0  # for a phrase: how many other words may stand between


class Near(msgspec.Struct, frozen=True, tag="near"):
    """Two words with at most `distance` other words between them, in either order."""

    first: str
    second: str
    distance: int


class Party(msgspec.Struct, frozen=True, tag="party"):
    """An address whole (`ann@x.org`), a domain (`@x.org`), or words of a name or an address."""

    field: str
    text: str
    form: Form = Form.WORD


class Person(msgspec.Struct, frozen=True, tag="person"):
    """Everything of one person, by name or id; becomes parties before it reaches an index."""

    name: str


class Label(msgspec.Struct, frozen=True, tag="label"):
    """A fixed property: `channel:e-mail`, `marking:private`, `queue:sales uk`; `value` in small letters."""

    field: str
    value: str


class Dated(msgspec.Struct, frozen=True, tag="dated"):
    """Before, from, or within the days `first` up to and without `end`."""

    relation: Relation
    first: date
    end: date


class Sized(msgspec.Struct, frozen=True, tag="sized"):
    """More or fewer octets than this."""

    relation: Relation
    octets: int


class Measured(msgspec.Struct, frozen=True, tag="measured"):
    """A call that is longer or shorter (`duration`, in seconds), or sounds better or worse (`mos`, hundredths)."""

    field: str
    relation: Relation
    amount: int


class Everything(msgspec.Struct, frozen=True, tag="everything"):
    """Each record: `*`."""


class And(msgspec.Struct, frozen=True, tag="and"):
    """All of these."""

    parts: tuple["Node", ...]


class Or(msgspec.Struct, frozen=True, tag="or"):
    """At least one of these."""

    parts: tuple["Node", ...]


class Not(msgspec.Struct, frozen=True, tag="not"):
    """All but this."""

    part: "Node"


type Leaf = Words | Near | Party | Person | Label | Dated | Sized | Measured | Everything
type Node = Leaf | And | Or | Not


class QueryMistakeError(WrongUseError):
    """What is wrong with a query, where, and how it is written rightly.

    `place` and `length` count characters of the query, so that a page can underline them.
    """

    def __init__(self, what: str, place: int, length: int = 1, *, remedy: str = "") -> None:
        super().__init__(f"{what}, at character {place + 1}.", remedy=remedy)
        self.place = place
        self.length = max(length, 1)


def leaves(node: Node) -> tuple[Leaf, ...]:
    """Every condition in a tree, from left to right."""
    match node:
        case And(parts) | Or(parts):
            return tuple(leaf for part in parts for leaf in leaves(part))
        case Not(part):
            return leaves(part)
        case _:
            return (node,)


def all_of(parts: list[Node]) -> Node:
    """These parts joined by AND, without needless levels."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,))]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def any_of(parts: list[Node]) -> Node:
    """These parts joined by OR, without needless levels."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,))]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))
