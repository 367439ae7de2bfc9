"""Shamir's secret sharing over GF(256): any `threshold` shares give the secret, fewer give nothing.

A. Shamir, How to Share a Secret, CACM 22 (1979). The field is that of AES (x⁸ + x⁴ + x³ + x + 1); each
byte of the secret is the constant term of its own random polynomial.
"""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Sequence

import msgspec

from muniment.core.errors import WrongUseError

_POLYNOMIAL = 0x11B
_CHECK_BYTES = 4
_SET_BYTES = 4
_PREFIX = "muniment-share-1"
_GROUP = 4  # letters between dashes: what a person can copy without losing their place
FEWEST_NEEDED = 2
MOST_SHARES = 255


class Share(msgspec.Struct, frozen=True):
    """One custodian's part. `group` tells shares of one splitting from those of another."""

    group: bytes
    threshold: int
    index: int
    value: bytes


def split(secret: bytes, *, threshold: int, count: int) -> tuple[Share, ...]:
    """Split a secret into `count` shares of which any `threshold` suffice."""
    if not FEWEST_NEEDED <= threshold <= count <= MOST_SHARES:
        raise WrongUseError(
            f"A secret cannot be split into {count} shares of which {threshold} suffice.",
            why="One share alone must not be enough, and there must be as many as are needed.",
        )
    polynomials = [(byte, *secrets.token_bytes(threshold - 1)) for byte in secret]
    group = secrets.token_bytes(_SET_BYTES)
    return tuple(
        Share(group, threshold, index, bytes(_evaluate(each, index) for each in polynomials))
        for index in range(1, count + 1)
    )


def combine(shares: Sequence[Share]) -> bytes:
    """The secret; WrongUseError if the shares are too few or do not belong together."""
    distinct = {share.index: share for share in shares}
    if not shares or len({(share.group, share.threshold, len(share.value)) for share in shares}) != 1:
        raise WrongUseError("These recovery shares do not belong together.")
    if len(distinct) < shares[0].threshold:
        raise WrongUseError(
            f"{len(distinct)} different shares are not enough.",
            remedy=f"Bring {shares[0].threshold} of them together.",
        )
    chosen = sorted(distinct.values(), key=lambda share: share.index)[: shares[0].threshold]
    weights = [_weight(share.index, [other.index for other in chosen]) for share in chosen]
    return bytes(
        _sum(_multiply(weight, share.value[place]) for weight, share in zip(weights, chosen, strict=True))
        for place in range(len(chosen[0].value))
    )


def write(share: Share) -> str:
    """A share as its custodian keeps it on paper: letters and digits in groups, with a check."""
    body = bytes((share.threshold, share.index)) + share.group + share.value
    letters = base64.b32encode(body + _check(body)).decode().rstrip("=").lower()
    return "-".join((_PREFIX, *(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))))


def read(text: str) -> Share:
    """The inverse of `write`, forgiving about spaces and capitals; WrongUseError for a slip of the pen."""
    letters = "".join(text.split()).lower().removeprefix(_PREFIX).replace("-", "").upper()
    try:
        raw = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError as error:
        raise WrongUseError("This is not a recovery share.", why="A letter in it is wrong.") from error
    body, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
    if len(body) <= 2 + _SET_BYTES or _check(body) != check:
        raise WrongUseError("This recovery share has a slip in it.", remedy="Compare it with the paper.")
    return Share(body[2 : 2 + _SET_BYTES], body[0], body[1], body[2 + _SET_BYTES :])


def _check(body: bytes) -> bytes:
    return hashlib.sha256(b"muniment/share/v1" + body).digest()[:_CHECK_BYTES]


def _evaluate(coefficients: Sequence[int], at: int) -> int:
    result = 0
    for coefficient in reversed(coefficients):
        result = _multiply(result, at) ^ coefficient
    return result


def _weight(index: int, indexes: Sequence[int]) -> int:
    # Lagrange's basis polynomial at 0; in this field subtraction is exclusive or.
    result = 1
    for other in indexes:
        if other != index:
            result = _multiply(result, _multiply(other, _inverse(other ^ index)))
    return result


def _sum(values: Iterable[int]) -> int:
    result = 0
    for value in values:
        result ^= value
    return result


def _multiply(left: int, right: int) -> int:
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left & 0x100:
            left ^= _POLYNOMIAL
        right >>= 1
    return product


def _inverse(value: int) -> int:
    # The multiplicative group has 255 elements: value ** 254 is its inverse.
    result = 1
    for _ in range(254):
        result = _multiply(result, value)
    return result
