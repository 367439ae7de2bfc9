"""The purposes for which content may be used, as data, each with the clause it answers to (REQ 071)."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from muniment.core.errors import RefusedError, WrongUseError

FEWEST_WORDS_OF_SPECIFICS = 4


class Purpose(msgspec.Struct, frozen=True):
    """Why content may be used: what people read, the clause behind it, and whether it needs more words."""

    id: str
    name: str
    clause: str
    specifics: bool = False
    own_page: bool = False
    """Whether only a page of its own asks for it: no other request offers it."""


class _Catalogue(msgspec.Struct, frozen=True):
    version: int
    purpose: tuple[Purpose, ...]


@cache
def catalogue() -> tuple[Purpose, ...]:
    """Every purpose, in the order in which pages list them."""
    text = files(__package__).joinpath("purposes.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _Catalogue).purpose


def purpose(identifier: str) -> Purpose:
    """The purpose with this id; WrongUseError if the catalogue has none."""
    for known in catalogue():
        if known.id == identifier:
            return known
    raise WrongUseError(
        f"There is no purpose {identifier!r}.", remedy="Choose one from the list of purposes."
    )


def bind(identifier: str, specifics: str) -> Purpose:
    """The one purpose that a request binds; RefusedError where it needs specifics and has none."""
    chosen = purpose(identifier)
    if chosen.specifics and len(specifics.split()) < FEWEST_WORDS_OF_SPECIFICS:
        raise RefusedError(
            "This purpose needs its specifics.",
            why=f"“{chosen.name}” is no purpose by itself ({chosen.clause}).",
            remedy="Say in a sentence what exactly the content is needed for, or choose another purpose.",
        )
    return chosen
