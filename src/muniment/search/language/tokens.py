"""A query cut into tokens, each with its place."""

from enum import Enum
from typing import NamedTuple

from muniment.search.language.syntax import QueryMistakeError

QUOTES = '"“”„'
MOST_DIGITS = 3  # of the number after ~
_ENDS_WORD = set("()" + QUOTES)


class Kind(Enum):
    """What a token is."""

    AND = "AND"
    CLOSE = ")"
    END = "the end"
    FIELD = "field:"
    MINUS = "-"
    NOT = "NOT"
    OPEN = "("
    OR = "OR"
    PHRASE = "phrase"
    WORD = "word"


OPERATORS = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT}


class Token(NamedTuple):
    """One token: what it is, its text (without quotation marks or colon), where it stands."""

    kind: Kind
    text: str
    place: int
    end: int
    slop: int = 0
    joined: bool = False  # no blank before it: decides what follows a `field:`


def cut(query: str) -> list[Token]:
    """The tokens of `query`, the last one being END; QueryMistakeError for a quotation left open."""
    tokens: list[Token] = []
    place = 0
    while place < len(query):
        if query[place].isspace():
            place += 1
            continue
        token = _token(query, place, after_field=bool(tokens) and tokens[-1].kind is Kind.FIELD)
        joined = bool(tokens) and tokens[-1].end == place
        tokens.append(token._replace(joined=joined))
        place = token.end
    tokens.append(Token(Kind.END, "", len(query), len(query)))
    return tokens


def _token(query: str, place: int, *, after_field: bool) -> Token:
    character = query[place]
    if character == "(":
        return Token(Kind.OPEN, "(", place, place + 1)
    if character == ")":
        return Token(Kind.CLOSE, ")", place, place + 1)
    if character in QUOTES:
        return _phrase(query, place)
    if character in "-−" and not after_field:
        return Token(Kind.MINUS, "-", place, place + 1)
    return _word(query, place, after_field=after_field)


def _phrase(query: str, place: int) -> Token:
    end = next((at for at in range(place + 1, len(query)) if query[at] in QUOTES), None)
    if end is None:
        raise QueryMistakeError(
            "A quotation mark is opened and not closed",
            place,
            len(query) - place,
            remedy=f'Write "{query[place + 1 :].strip()}".',
        )
    text, after = query[place + 1 : end], end + 1
    if query[after : after + 1] != "~":
        return Token(Kind.PHRASE, text, place, after)
    digits = after + 1
    while digits < len(query) and query[digits] in "0123456789":
        digits += 1
    if not 1 <= digits - after - 1 <= MOST_DIGITS:
        raise QueryMistakeError(
            "After ~ stands how many words may come between",
            after,
            digits - after,
            remedy=f'Write "{text}"~3.',
        )
    return Token(Kind.PHRASE, text, place, digits, slop=int(query[after + 1 : digits]))


def _word(query: str, place: int, *, after_field: bool) -> Token:
    end = place
    while end < len(query) and not query[end].isspace() and query[end] not in _ENDS_WORD:
        if query[end] == ":" and not after_field and _names_field(query[place:end]):
            return Token(Kind.FIELD, query[place:end], place, end + 1)
        end += 1
    text = query[place:end]
    return Token(OPERATORS.get(text, Kind.WORD) if not after_field else Kind.WORD, text, place, end)


def _names_field(head: str) -> bool:
    # 10:30 and re: in a pasted line differ: only letters name a field.
    return head.replace("_", "").replace("-", "").isalpha()
