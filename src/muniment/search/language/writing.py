"""A tree written as a query again: what the ledger keeps is what was searched, names resolved."""

from muniment.search.language.syntax import (
    And,
    Dated,
    Everything,
    Form,
    Label,
    Measured,
    Near,
    Node,
    Not,
    Or,
    Party,
    Person,
    Relation,
    Sized,
    Words,
)
from muniment.search.language.values import (
    written_days,
    written_hundredths,
    written_octets,
    written_seconds,
)

QUOTED = frozenset(" ,()")  # what ends a value that stands bare


def write(node: Node) -> str:  # noqa: C901, PLR0911 - one line for each kind of node
    """The query whose tree is `node`: `parse(write(node)) == node` for every tree that `parse` makes."""
    match node:
        case And(parts):
            return " ".join(f"({write(part)})" if isinstance(part, Or) else write(part) for part in parts)
        case Or(parts):
            return " OR ".join(write(part) for part in parts)  # AND binds closer by itself
        case Not(part):
            return f"-({write(part)})" if isinstance(part, And | Or) else f"-{write(part)}"
        case Everything():
            return "*"
        case Near(first, second, distance):
            return f"near({first}, {second}, {distance})"
        case Person(name):
            return f'person:"{name}"'
        case Label(field, value):
            return f'{field}:"{value}"' if set(value) & QUOTED else f"{field}:{value}"
        case Measured(field, relation, amount):
            written = written_seconds(amount) if field == "duration" else written_hundredths(amount)
            return f"{field}:{'>' if relation is Relation.LARGER else '<'}{written}"
        case Dated(relation, first, end):
            return f"{relation}:{written_days(first, end)}"
        case Sized(relation, octets):
            return f"{relation}:{written_octets(octets)}"
        case Party(field, text, form):
            return _joined(field, text, form, 0)
        case Words(field, text, form, slop):
            return _joined(field, text, form, slop)


def _joined(field: str, text: str, form: Form, slop: int) -> str:
    match form:
        case Form.PHRASE:
            value = f'"{text}"' + (f"~{slop}" if slop else "")
        case Form.PREFIX:
            value = f"{text}*"
        case _:
            value = text
    return f"{field}:{value}" if field else value
