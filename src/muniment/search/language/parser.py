"""From tokens to a tree.

query  = any
any    = all { "OR" all }
all    = one { ["AND"] one }            AND binds closer than OR
one    = ("-" | "NOT") one | "(" any ")" | near | field ":" value | phrase | word
near   = "near(" word "," word "," number ")"
value  = phrase | word { "," word } | "(" any ")"
"""

import re

from muniment.search.language import values
from muniment.search.language.fields import (
    FIELDS,
    VALUES_SAME,
    Field,
    Takes,
    nearest,
    nearest_value,
)
from muniment.search.language.syntax import (
    Dated,
    Everything,
    Form,
    Label,
    Measured,
    Near,
    Node,
    Not,
    Party,
    Person,
    QueryMistakeError,
    Relation,
    Sized,
    Words,
    all_of,
    any_of,
    leaves,
)
from muniment.search.language.tokens import Kind, Token, cut

LONGEST_QUERY = 4000  # characters
DEEPEST = 50  # levels of brackets and minus signs
MOST_CONDITIONS = 200
SHORTEST_PREFIX = 2
LONGEST_DISTANCE = 100  # words
_AROUND = re.compile(r"\A[\s<>]+|[\s<>]+\Z")  # what mail programs put around an address


def parse(query: str) -> Node:
    """The tree of `query`; QueryMistakeError says where it goes wrong and how to write it rightly."""
    if len(query) > LONGEST_QUERY:
        raise QueryMistakeError(
            f"A query has at most {LONGEST_QUERY} characters", LONGEST_QUERY, remedy="Search in parts."
        )
    reader = _Reader(cut(query))
    if query.isspace() or not query:
        raise QueryMistakeError(
            "The query is empty", 0, remedy="Write what to look for, or * for everything."
        )
    tree = reader.any_of(0)
    if reader.next.kind is not Kind.END:
        raise QueryMistakeError("This bracket closes nothing", reader.next.place, remedy="Take it out.")
    if len(leaves(tree)) > MOST_CONDITIONS:
        raise QueryMistakeError(
            f"A query has at most {MOST_CONDITIONS} conditions", 0, len(query), remedy="Search in parts."
        )
    return tree


class _Reader:
    """The tokens that are still to be read, and the field whose brackets we are in."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._field = ""

    @property
    def next(self) -> Token:
        return self._tokens[self._at]

    def take(self) -> Token:
        token = self.next
        if token.kind is not Kind.END:
            self._at += 1
        return token

    def any_of(self, depth: int) -> Node:
        parts = [self.all_of(depth)]
        while self.next.kind is Kind.OR:
            self.take()
            parts.append(self.all_of(depth))
        return any_of(parts)

    def all_of(self, depth: int) -> Node:
        parts = [self.one(depth)]
        while self.next.kind not in {Kind.OR, Kind.CLOSE, Kind.END}:
            if self.next.kind is Kind.AND:
                self.take()
            parts.append(self.one(depth))
        return all_of(parts)

    def one(self, depth: int) -> Node:
        token = self.take()
        if depth > DEEPEST:
            raise QueryMistakeError(
                f"A query goes at most {DEEPEST} levels deep", token.place, remedy="Search in parts."
            )
        match token.kind:
            case Kind.MINUS:
                return Not(self.after_minus(token, depth))
            case Kind.NOT:
                return Not(self.one(depth + 1))
            case Kind.OPEN:
                return self.bracket(token, depth)
            case Kind.FIELD:
                return self.field(token, depth)
            case Kind.PHRASE:
                return _value(self._field, token)
            case Kind.WORD if self.is_near(token):
                return self.near(token)
            case Kind.WORD:
                return self.word(token)
            case _:
                raise self.missing(token)

    def missing(self, token: Token) -> QueryMistakeError:
        before = self._tokens[self._tokens.index(token) - 1] if self._at else None
        if token.kind is Kind.END:
            what = f"Something must follow {before.text if before else 'here'}"
            remedy = "Write a word after it, or take it out."
        elif token.kind is Kind.CLOSE:
            what, remedy = "There is nothing before this bracket", "Write words between the brackets."
        else:
            what = f"{token.text} joins two conditions; one is missing before it"
            remedy = f'Write words on both sides; for the word itself write "{token.text.lower()}".'
        return QueryMistakeError(what, token.place, token.end - token.place, remedy=remedy)

    def after_minus(self, minus: Token, depth: int) -> Node:
        if not self.next.joined or self.next.kind in {Kind.CLOSE, Kind.END}:
            raise QueryMistakeError(
                "A minus sign stands straight before what to leave out",
                minus.place,
                remedy="Write -newsletter, without a blank, or take the minus out.",
            )
        return self.one(depth + 1)

    def bracket(self, opened: Token, depth: int) -> Node:
        inside = self.any_of(depth + 1)
        if self.next.kind is not Kind.CLOSE:
            raise QueryMistakeError(
                "A bracket is opened and not closed", opened.place, remedy="Write ) where it ends."
            )
        self.take()
        return inside

    def word(self, token: Token) -> Node:
        if token.text == "*" and not self._field:
            return Everything()
        return _values(self._field, token) if self._field else _value("", token)

    def field(self, token: Token, depth: int) -> Node:
        name = token.text.lower()
        if name not in FIELDS:
            raise _unknown_field(token)
        if self._field:
            raise QueryMistakeError(
                f"{name}: stands within the brackets of {self._field}:",
                token.place,
                token.end - token.place,
                remedy=f"Close the brackets of {self._field}: first.",
            )
        if self.next.kind not in {Kind.WORD, Kind.PHRASE, Kind.OPEN} or not self.next.joined:
            raise QueryMistakeError(
                f"Nothing stands after {name}:",
                token.place,
                token.end - token.place,
                remedy=f"Write, for example, {FIELDS[name].example}, without a blank after the colon.",
            )
        if self.next.kind is not Kind.OPEN:
            return _values(name, self.take())
        self._field = name
        inside = self.bracket(self.take(), depth)
        self._field = ""
        return inside

    def is_near(self, token: Token) -> bool:
        return token.text.lower() == "near" and self.next.kind is Kind.OPEN and self.next.joined

    def near(self, token: Token) -> Node:
        place, inside = token.place, []
        self.take()
        while self.next.kind in {Kind.WORD, Kind.PHRASE, Kind.FIELD}:
            inside.append(self.take().text)
        end = self.take()
        words = [word.strip() for word in " ".join(inside).split(",")]
        right = end.kind is Kind.CLOSE and len(words) == 3 and words[2].isascii() and words[2].isdigit()  # noqa: PLR2004 - two words and a number
        good = right and all(_is_one_word(word) for word in words[:2])
        if not good or int(words[2][:9]) > LONGEST_DISTANCE or self._field:
            raise QueryMistakeError(
                f"near takes two words and a number up to {LONGEST_DISTANCE}",
                place,
                end.end - place,
                remedy="Write near(contract, terminate, 10).",
            )
        return Near(words[0], words[1], int(words[2]))


def _is_one_word(word: str) -> bool:
    return bool(word) and all(character.isalnum() for character in word)


def _unknown_field(token: Token) -> QueryMistakeError:
    close = nearest(token.text)
    meant = f"Did you mean {close}: ({FIELDS[close].example})? " if close else ""
    return QueryMistakeError(
        f"There is no field {token.text}:",
        token.place,
        token.end - token.place,
        remedy=f"{meant}For the words themselves put them in quotation marks. "
        f"Fields are: {', '.join(FIELDS)}.",
    )


def _values(name: str, token: Token) -> Node:
    """One value, or several with commas between them, any of which will do."""
    if token.kind is Kind.PHRASE or FIELDS[name].takes is Takes.WORDS or "," not in token.text:
        return _value(name, token)
    parts: list[Node] = []
    place = token.place
    for text in token.text.split(","):
        if text:
            parts.append(_value(name, Token(token.kind, text, place, place + len(text))))
        place += len(text) + 1
    if not parts:
        raise _wrong_value(name, token)
    return any_of(parts)


def _value(name: str, token: Token) -> Node:  # noqa: PLR0911 - one line for each kind of value
    if not name:
        return _words("", token)
    match FIELDS[name].takes:
        case Takes.WORDS:
            return _words(name, token)
        case Takes.PARTY:
            return _party(name, token)
        case Takes.PERSON:
            return Person(token.text.strip()) if token.text.strip() else _raise(name, token)
        case Takes.LABEL:
            return _label(name, FIELDS[name], token)
        case Takes.NAME:
            return _name(name, token)
        case Takes.LENGTH | Takes.SCORE:
            return _measured(name, token)
        case Takes.DATE:
            span = values.days(token.text.strip())
            return Dated(Relation(name), *span) if span else _raise(name, token)
        case Takes.SIZE:
            size = values.octets(token.text.strip())
            return Sized(Relation(name), size) if size is not None else _raise(name, token)


def _words(name: str, token: Token) -> Node:
    text, form = token.text, Form.PHRASE
    if token.kind is Kind.WORD:
        text, form = _form(name, token)
    if not any(character.isalnum() for character in text):
        raise QueryMistakeError(
            f"{token.text or 'An empty quotation'} holds no letter or digit",
            token.place,
            token.end - token.place,
            remedy="Write a word, or take it out.",
        )
    return Words(name, text, form, token.slop)


def _form(name: str, token: Token) -> tuple[str, Form]:
    text = token.text
    if name == "filename" and text.startswith("*."):
        text = text[2:]
    if "~" in text:
        raise QueryMistakeError(
            "~ stands after a phrase in quotation marks",
            token.place,
            token.end - token.place,
            remedy='Write "charge back"~3: up to three other words between.',
        )
    if text.endswith("*"):
        text = text.rstrip("*")
        if len(text) < SHORTEST_PREFIX:
            raise QueryMistakeError(
                f"Before * stand at least {SHORTEST_PREFIX} characters", token.place, token.end - token.place,
                remedy="Write, for example, contr*.",
            )  # fmt: skip
        return _without_star(text, token), Form.PREFIX
    return _without_star(text, token), Form.WORD


def _without_star(text: str, token: Token) -> str:
    if "*" in text:
        raise QueryMistakeError(
            "* stands only at the end of a word",
            token.place,
            token.end - token.place,
            remedy=f"Write {text.replace('*', '')}*.",
        )
    return text


def _party(name: str, token: Token) -> Node:
    text = _AROUND.sub("", token.text.lower())
    if token.kind is Kind.WORD and text.startswith("*@"):
        text = text[1:]
    form = Form.PHRASE if token.kind is Kind.PHRASE else Form.WORD
    if token.kind is Kind.WORD and text.endswith("*"):
        text, form = text.rstrip("*"), Form.PREFIX
    if ("*" in text and token.kind is Kind.WORD) or not any(map(str.isalnum, text)) or token.slop:
        raise _wrong_value(name, token)
    if form is Form.PREFIX and len(text) < SHORTEST_PREFIX:
        raise _wrong_value(name, token)
    return Party(name, text, form)


def _label(name: str, field: Field, token: Token) -> Node:
    value = token.text.strip().lower()
    value = VALUES_SAME.get(value, value)
    if value not in field.values:
        raise QueryMistakeError(
            f"{name}: does not know {token.text}",
            token.place,
            token.end - token.place,
            remedy=f"Did you mean {name}:{nearest_value(field, value)}? It knows {', '.join(field.values)}.",
        )
    return Label(name, value)


def _measured(name: str, token: Token) -> Node:
    text = token.text.strip()
    read = values.seconds if FIELDS[name].takes is Takes.LENGTH else values.hundredths
    amount = read(text[1:].strip())
    if text[:1] not in {"<", ">"} or amount is None:
        raise _wrong_value(name, token)
    return Measured(name, Relation.LARGER if text[0] == ">" else Relation.SMALLER, amount)


def _name(name: str, token: Token) -> Node:
    text = " ".join(token.text.lower().split())
    if not any(map(str.isalnum, text)):
        raise _wrong_value(name, token)
    return Label(name, text)


def _raise(name: str, token: Token) -> Node:
    raise _wrong_value(name, token)


def _wrong_value(name: str, token: Token) -> QueryMistakeError:
    takes = {
        Takes.DATE: "a date",
        Takes.LENGTH: "> or < and a length",
        Takes.NAME: "a name or a number",
        Takes.SCORE: "> or < and a score from 1 to 5",
        Takes.SIZE: "a size",
        Takes.PARTY: "an address, a number, a domain, or words of a name",
        Takes.PERSON: "the name of a person",
    }.get(FIELDS[name].takes, "a value")
    return QueryMistakeError(
        f"{name}: takes {takes}, not {token.text or 'nothing'}",
        token.place,
        token.end - token.place,
        remedy=f"Write, for example, {FIELDS[name].example}.",
    )
