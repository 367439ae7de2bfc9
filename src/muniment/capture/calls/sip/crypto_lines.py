"""`a=crypto` lines: keys for SRTP in the description of media (RFC 4568, 6188, 7714).

A line that is wrong in any part is no line (RFC 4568 section 6.1): it is left out, never guessed at.
"""

import base64
import binascii
import re
from dataclasses import dataclass

from muniment.capture.calls.ports import Crypto


@dataclass(frozen=True)
class Suite:
    """Lengths in octets, and how many packets one key may protect."""

    key: int
    salt: int
    packets: int = 2**48


SUITES = {
    "AES_CM_128_HMAC_SHA1_80": Suite(16, 14),
    "AES_CM_128_HMAC_SHA1_32": Suite(16, 14),
    "AES_192_CM_HMAC_SHA1_80": Suite(24, 14),
    "AES_192_CM_HMAC_SHA1_32": Suite(24, 14),
    "AES_256_CM_HMAC_SHA1_80": Suite(32, 14),
    "AES_256_CM_HMAC_SHA1_32": Suite(32, 14),
    "AEAD_AES_128_GCM": Suite(16, 12),
    "AEAD_AES_256_GCM": Suite(32, 12),
}

LONGEST_IDENTIFIER = 128  # octets of an MKI (RFC 4568 section 6.1)

_LINE = re.compile(r"^([0-9]{1,9})[ \t]+([A-Za-z0-9_-]+)[ \t]+(\S+)(?:[ \t]+(.*))?$")
_KEY = re.compile(
    r"^inline:([A-Za-z0-9+/=]+)(?:\|(2\^[0-9]{1,2}|[0-9]{1,15}))?(?:\|([0-9]{1,40}):([0-9]{1,3}))?$"
)
_POWER = "2^"


def parse_crypto(value: str) -> tuple[Crypto, ...]:
    """The keys of one line, all under its tag; empty where the line is not valid or not known.

    Several keys in one line are told apart by their master key identifiers.
    """
    line = _LINE.match(value.strip())
    suite = SUITES.get(line[2].upper()) if line else None
    if line is None or suite is None or not _session_is_plain(line[4] or ""):
        return ()
    texts = line[3].split(";")
    keys = [_key(int(line[1]), line[2].upper(), suite, text) for text in texts]
    found = tuple(key for key in keys if key is not None)
    identified = len(found) == 1 or len({key.mki for key in found} - {b""}) == len(found)
    return found if len(found) == len(texts) and identified else ()


def write_crypto(crypto: Crypto) -> str:
    """The value of the `a=crypto` line that offers or answers with this key."""
    inline = base64.b64encode(crypto.key + crypto.salt).decode("ascii")
    if crypto.mki:
        inline += f"|{int.from_bytes(crypto.mki, 'big')}:{len(crypto.mki)}"
    return f"{crypto.tag} {crypto.suite} inline:{inline}"


def _key(tag: int, name: str, suite: Suite, text: str) -> Crypto | None:
    found = _KEY.match(text)
    if found is None or not _lifetime_fits(found[2], suite):
        return None
    try:
        octets = base64.b64decode(found[1] + "=" * (-len(found[1]) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    mki = _identifier(found[3], found[4])
    if len(octets) != suite.key + suite.salt or mki is None:
        return None
    return Crypto(tag, name, octets[: suite.key], octets[suite.key :], mki)


def _lifetime_fits(text: str | None, suite: Suite) -> bool:
    if text is None:
        return True
    packets = 2 ** int(text[2:]) if text.startswith(_POWER) else int(text)
    return 0 < packets <= suite.packets


def _identifier(value: str | None, length: str | None) -> bytes | None:
    if value is None or length is None:
        return b""
    octets = int(length)
    if not 1 <= octets <= LONGEST_IDENTIFIER or int(value) >= 256**octets:
        return None
    return int(value).to_bytes(octets, "big")


def _session_is_plain(text: str) -> bool:
    """Only what changes nothing for us is taken: a window hint, and what may be left unread (6.3.7)."""
    return all(part.upper().startswith("WSH=") or part.startswith("-") for part in text.split())
