"""`a=fingerprint`, `a=setup` and `a=tls-id`: how descriptions agree on a handshake (RFC 8122, 5763, 8842)."""

import re
from collections.abc import Sequence
from typing import get_args

from muniment.capture.calls.ports import Fingerprint, Handshake, Setup

LENGTHS = {"sha-256": 32, "sha-384": 48, "sha-512": 64}
"""Octets of the digests that are believed; others are left unread."""
MOST_FINGERPRINTS = 8

_SETUPS: dict[str, Setup] = {each: each for each in get_args(Setup.__value__)}
_FINGERPRINT = re.compile(r"^([A-Za-z0-9-]{3,16})[ \t]+([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){15,63})$")
_ASSOCIATION = re.compile(r"^[A-Za-z0-9+/_-]{20,255}$")


def parse_handshake(fingerprints: Sequence[str], setup: str, association: str) -> Handshake | None:
    """What the values say together; None where no handshake can be made of them.

    An offer without `a=setup` is one of the active side (RFC 4145 section 4).
    """
    found = tuple(each for value in fingerprints[:MOST_FINGERPRINTS] if (each := _fingerprint(value)))
    chosen = _SETUPS.get(setup.strip().lower() or "active")
    if not found or chosen is None or chosen == "holdconn":
        return None
    named = association.strip()
    return Handshake(chosen, found, named if _ASSOCIATION.match(named) else "")


def write_handshake(handshake: Handshake) -> list[str]:
    """The attribute lines of our side."""
    lines = [
        f"a=fingerprint:{each.algorithm} {each.digest.hex(':').upper()}" for each in handshake.fingerprints
    ]
    lines.append(f"a=setup:{handshake.setup}")
    return [*lines, f"a=tls-id:{handshake.association}"] if handshake.association else lines


def _fingerprint(value: str) -> Fingerprint | None:
    found = _FINGERPRINT.match(value.strip())
    if found is None:
        return None
    digest, algorithm = bytes.fromhex(found[2].replace(":", "")), found[1].lower()
    return Fingerprint(algorithm, digest) if LENGTHS.get(algorithm) == len(digest) else None
