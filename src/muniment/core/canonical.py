"""Canonical JSON (RFC 8785, without fractions): one text for one value, so that it can be signed."""

import json
from collections.abc import Mapping, Sequence

from muniment.core.errors import WrongUseError

type Json = bool | int | str | Sequence[Json] | Mapping[str, Json] | None

LARGEST_INTEGER = 2**53 - 1  # RFC 8785 numbers are IEEE doubles; beyond this they are not exact


_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def dumps(value: Json) -> bytes:
    """The canonical bytes of `value`; WrongUseError for fractions, huge numbers and odd types."""
    try:
        return _write(_ordered(value)).encode()
    except UnicodeEncodeError as error:
        raise WrongUseError("Text holds half of a surrogate pair.") from error


def loads(data: bytes) -> Json:
    """Parse canonical bytes; WrongUseError if they are not exactly what `dumps` would write."""
    try:
        value: Json = json.loads(data)
        same = dumps(value) == data
    except (ValueError, RecursionError) as error:
        raise WrongUseError("The text is not JSON.") from error
    if not same:
        raise WrongUseError("The text is JSON, but not in its canonical form.")
    return value


def _ordered(value: Json) -> Json:
    """The same value with its names in order; WrongUseError for what has no canonical form."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise WrongUseError(f"{value} is too large for canonical JSON.")
        return value
    if isinstance(value, Mapping):
        return {name: _ordered(value[name]) for name in sorted(value, key=_units)}
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    raise WrongUseError(f"{type(value).__name__} has no canonical form.")


def _units(name: object) -> bytes:
    # RFC 8785 section 3.2.3 sorts by UTF-16 code units, which differs from code points.
    if not isinstance(name, str):
        raise WrongUseError("Names in canonical JSON are text.")
    return name.encode("utf-16-be", "surrogatepass")
