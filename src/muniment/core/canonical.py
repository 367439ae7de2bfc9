"""Canonical JSON (RFC 8785, without fractions): one text for one value, so that it can be signed."""

import json
from collections.abc import Mapping, Sequence

from muniment.core.errors import WrongUseError

type Json = bool | int | str | Sequence[Json] | Mapping[str, Json] | None

LARGEST_INTEGER = 2**53 - 1  # RFC 8785 numbers are IEEE doubles; beyond this they are not exact


def dumps(value: Json) -> bytes:
    """The canonical bytes of `value`; WrongUseError for fractions, huge numbers and odd types."""
    _check(value)
    text = json.dumps(_sorted(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)  # noqa: TID251  this is core.canonical
    try:
        return text.encode()
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


def _sorted(value: Json) -> Json:
    # RFC 8785 section 3.2.3 sorts by UTF-16 code units, which differs from code points.
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return {key: _sorted(value[key]) for key in keys}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_sorted(item) for item in value]
    return value


def _check(value: object) -> None:
    match value:
        case None | bool() | str():
            return
        case int():
            if abs(value) > LARGEST_INTEGER:
                raise WrongUseError(f"{value} is too large for canonical JSON.")
        case Mapping():
            for key, item in value.items():
                if not isinstance(key, str):
                    raise WrongUseError("Names in canonical JSON are text.")
                _check(item)
        case list() | tuple():
            for item in value:
                _check(item)
        case _:
            raise WrongUseError(f"{type(value).__name__} has no canonical form.")
