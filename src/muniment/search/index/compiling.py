"""From the tree of a query to a query of the text index."""

import re
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tantivy import FieldType, Occur, Query

from muniment.catalogue.moments import LATEST
from muniment.core import phone_numbers
from muniment.core.errors import WrongUseError
from muniment.search.index.document import SET_APART
from muniment.search.index.schema import (
    STEMMED,
    WORD_FIELDS,
    analysers,
    order_of,
    schema,
)
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

ANY_FIELD = (*WORD_FIELDS, "party")
BOOSTS = {"subject": 2.0, "filename": 1.5}  # a word of the subject says more than one of the text


class Here(NamedTuple):
    """Where an organisation is: when its days begin, and whose a number without a country is."""

    zone: ZoneInfo = ZoneInfo("Europe/London")
    region: str = phone_numbers.DEFAULT_REGION


def compile_query(node: Node, here: Here) -> Query:  # noqa: C901, PLR0911 - one line for each kind
    """The index's query for a tree. Days begin at midnight `here`, and numbers without a country are of its country."""
    match node:
        case And(parts):
            return _all(parts, here)
        case Or(parts):
            return _any([compile_query(part, here) for part in parts])
        case Not(part):
            return _without(Query.all_query(), [compile_query(part, here)])
        case Everything():
            return Query.all_query()
        case Words(field, text, form, slop):
            return _any([_words(name, text, form, slop) for name in ([field] if field else ANY_FIELD)])
        case Near(first, second, distance):
            return _near(first, second, distance)
        case Party(field, text, form):
            return _party(field, text, form, here.region)
        case Label(field, value):
            return Query.term_query(schema(), "label", f"{field}:{value}")
        case Dated(relation, first, end):
            return _dated(relation, first, end, here.zone)
        case Sized(relation, octets):
            return _sized(relation, octets)
        case Measured(field, relation, amount):
            return _measured(field, relation, amount)
        case Person(name):
            raise WrongUseError(f"person:{name} must be resolved to addresses before the index is asked.")


def party_query(addresses: tuple[str, ...]) -> Query:
    """Records on which one of these addresses takes part, in any role."""
    return Query.term_set_query(schema(), "address", [f"party:{address.lower()}" for address in addresses])


def any_sequence(sequences: tuple[int, ...]) -> Query:
    """Records with one of these places in the ledger."""
    return Query.term_set_query(schema(), "sequence", list(sequences))


def without_above(query: Query, access: int) -> Query:
    """What fits `query` and has at most this access level.

    The few that are above it are left out by their own list: a range over everything costs as much as
    the search.
    """
    above = range(access + 1, SET_APART + 1)
    return _without(query, [Query.term_query(schema(), "access", level) for level in above])


def set_apart() -> Query:
    """What is set apart until the domain of its mail is assigned."""
    return Query.term_query(schema(), "access", SET_APART)


def older_than(order: int) -> Query:
    """What comes after `order` when the newest stands first: the next page."""
    return _between("order", upper=order - 1) if order else Query.empty_query()


def both(one: Query, other: Query) -> Query:
    """What fits both."""
    return Query.boolean_query([(Occur.Must, one), (Occur.Must, other)])


def _between(field: str, lower: int | None = None, upper: int | None = None) -> Query:
    return Query.range_query(schema(), field, FieldType.Unsigned, lower_bound=lower, upper_bound=upper)


def _all(parts: tuple[Node, ...], here: Here) -> Query:
    wanted = [compile_query(part, here) for part in parts if not isinstance(part, Not)]
    unwanted = [compile_query(part.part, here) for part in parts if isinstance(part, Not)]
    clauses = [(Occur.Must, query) for query in wanted or [Query.all_query()]]
    return Query.boolean_query(clauses + [(Occur.MustNot, query) for query in unwanted])


def _any(queries: list[Query]) -> Query:
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _without(query: Query, unwanted: list[Query]) -> Query:
    return Query.boolean_query([(Occur.Must, query), *((Occur.MustNot, no) for no in unwanted)])


def _words(field: str, text: str, form: Form, slop: int) -> Query:
    if form is Form.WORD and field in STEMMED:
        stems = analysers().stem.analyze(text)
        if len(stems) == 1:
            return _boosted(field, Query.term_query(schema(), f"{field}_stem", stems[0], "freq"))
    tokens = analysers().exact.analyze(text)
    return _boosted(field, _tokens(field, tokens, slop, prefix=form is Form.PREFIX))


def _boosted(field: str, query: Query) -> Query:
    return Query.boost_query(query, BOOSTS[field]) if field in BOOSTS else query


def _tokens(field: str, tokens: list[str], slop: int = 0, *, prefix: bool = False) -> Query:
    match tokens:
        case []:
            return Query.empty_query()
        case [token] if prefix:
            return Query.fuzzy_term_query(schema(), field, token, distance=0, prefix=True)
        case [token]:
            return Query.term_query(schema(), field, token, "freq")
        case _ if prefix:
            # phrase_prefix_query stops at fifty endings, and counts are exact.
            return Query.regex_phrase_query(
                schema(), field, [*map(re.escape, tokens[:-1]), f"{re.escape(tokens[-1])}.*"]
            )
        case _:
            return Query.phrase_query(schema(), field, list(tokens), slop)


def _near(first: str, second: str, distance: int) -> Query:
    one, other = (analysers().exact.analyze(word) for word in (first, second))
    if len(one) != 1 or len(other) != 1:
        return Query.empty_query()
    pairs = ([*one, *other], [*other, *one])
    return _any(
        [
            Query.phrase_query(schema(), field, list(pair), distance)
            for field in ("text", "subject")
            for pair in pairs
        ]
    )


def _party(field: str, text: str, form: Form, region: str) -> Query:
    if form is Form.WORD and "@" in text:
        return Query.term_query(schema(), "address", f"{field}:{text}")
    words = _tokens(field, analysers().exact.analyze(text), prefix=form is Form.PREFIX)
    if form is not Form.PREFIX and (number := _number(text, region)):
        return _any([Query.term_query(schema(), "address", f"{field}:{number}"), words])
    return words


def _number(text: str, region: str) -> str:
    """The one writing under which a telephone number or an extension stands; empty for anything else."""
    if number := phone_numbers.e164(text, region):
        return number
    extension = phone_numbers.is_extension(text)
    return f"{phone_numbers.EXTENSION}{extension}" if extension else ""


def _dated(relation: Relation, first: date, end: date, zone: ZoneInfo) -> Query:
    match relation:
        case Relation.AFTER:
            return _between("order", lower=_start(first, zone))
        case Relation.BEFORE:
            return older_than(_start(first, zone))
        case _:
            return both(_between("order", lower=_start(first, zone)), older_than(_start(end, zone)))


def _start(day: date, zone: ZoneInfo) -> int:
    midnight = int(datetime.combine(day, time(), zone).timestamp())
    return order_of(min(max(midnight, 0), LATEST))


def _measured(field: str, relation: Relation, amount: int) -> Query:
    """Only calls have these fields: a mail is neither shorter nor longer than any call."""
    if relation is Relation.LARGER:
        return _between(field, lower=amount + 1)
    return _between(field, upper=amount - 1) if amount else Query.empty_query()


def _sized(relation: Relation, octets: int) -> Query:
    if relation is Relation.LARGER:
        return _between("size", lower=octets + 1)
    return _between("size", upper=octets - 1) if octets else Query.empty_query()
