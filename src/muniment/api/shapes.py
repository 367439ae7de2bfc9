"""The shapes that go over the wire: made from the rooms' own frozen views, so that they cannot differ."""

import types
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from ninja import Schema
from pydantic import Field, create_model

from muniment.core.errors import WrongUseError
from muniment.governance.statements import ToSign
from muniment.vault.authority import signing
from muniment.vault.authority.signing import SignedStatement

MOST_ON_A_PAGE = 200

type PageLimit = Annotated[int, Field(ge=1, le=MOST_ON_A_PAGE)]
"""How many items a page has at most."""


class Signed(Schema):
    """A signed statement: bytes as base64url without padding, as `muniment sign` writes them."""

    statement: str
    person: str
    key: str
    kind: Literal["ed25519", "passkey"]
    signature: str
    authenticator_data: str = ""
    client_data: str = ""

    def opened(self) -> SignedStatement:
        """The statement and its signature; WrongUseError if a part is no base64url."""
        return signing.from_json(self.model_dump_json())


class SignedIn(Schema):
    """A body that carries a signature and nothing else."""

    signed: Signed


class TextToSign(Schema):
    """What the person is to sign: read `title` and `summary`, sign the SHA-256 of `statement`."""

    title: str
    summary: list[str]
    statement: str = Field(description="The exact text, canonical JSON.")
    digest: str = Field(description="SHA-256 of the text in hex.")

    @classmethod
    def of(cls, shown: ToSign) -> "TextToSign":
        """The wire form of what is shown."""
        return cls(
            title=shown.title,
            summary=list(shown.summary),
            statement=shown.statement.decode(),
            digest=shown.digest,
        )


@cache
def shape(view: type[msgspec.Struct]) -> type[Schema]:
    """The schema of a frozen view: the same names, the same types, the same docstring. What is unset is null."""
    hints = get_type_hints(view, include_extras=False)
    fields: dict[str, Any] = {
        field.name: (_wire(hints[field.name]), None if field.default is msgspec.UNSET else ...)
        for field in msgspec.structs.fields(view)
    }
    return create_model(view.__name__, __base__=Schema, __doc__=view.__doc__, **fields)


def page_of(view: type[msgspec.Struct]) -> type[Schema]:
    """The schema of one page of such views."""
    items: Any = list[shape(view)]  # type: ignore[misc]  # a class made at run time
    return create_model(f"{view.__name__}Page", __base__=Schema, items=(items, ...), next=(str, ...))


def plain(value: Any) -> Any:
    """A view, or a sequence of views, as JSON can say it."""
    return msgspec.to_builtins(value)


def page[T](items: Sequence[T], name: Callable[[T], str], cursor: str, limit: int) -> dict[str, Any]:
    """Those after `cursor`, which is the name of the last one before; `next` is empty at the end."""
    start = 0
    if cursor:
        places = [place for place, item in enumerate(items) if name(item) == cursor]
        if not places:
            raise WrongUseError("This cursor leads nowhere.", remedy="Begin without one.")
        start = places[0] + 1
    shown = items[start : start + limit]
    more = start + limit < len(items)
    return {"items": plain(list(shown)), "next": name(shown[-1]) if more else ""}


def _wire(hint: Any) -> Any:
    """A type as the wire has it: structs become schemas, tuples lists, times their ISO text."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return shape(hint)
    if hint is datetime:
        return datetime
    origin, inside = get_origin(hint), get_args(hint)
    if origin is tuple:
        if len(inside) == 2 and inside[1] is Ellipsis:  # noqa: PLR2004  # tuple[X, ...]
            return list[_wire(inside[0])]  # type: ignore[misc]  # a class made at run time
        return list[_either(inside)]  # type: ignore[misc]  # made at run time
    if origin is dict:
        return dict[str, Any]
    if origin in (Union, types.UnionType):
        return _either(inside)
    return hint


def _either(hints: tuple[Any, ...]) -> Any:
    parts = (None if part is msgspec.UnsetType else part for part in hints)
    return Union[tuple(_wire(part) for part in parts)]  # noqa: UP007  # made at run time
