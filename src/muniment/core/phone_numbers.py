"""Phone numbers in any writing become one: E.164 (ITU-T E.164), a SIP address, or an extension.

One address means one line, however a switch, a carrier or a person wrote it, so that a search and a link
to a person find it. What cannot be told apart is kept as it was written, in small letters.
"""

import re
from functools import lru_cache
from typing import Annotated

import phonenumbers
from phonenumbers import SUPPORTED_REGIONS, NumberParseException, PhoneNumberFormat
from pydantic import AfterValidator

DEFAULT_REGION = "GB"
LONGEST_EXTENSION = 6  # digits
LONGEST_TEXT = 120  # characters that are looked at
EXTENSION = "ext:"

_WRITTEN = re.compile(r"\+?[\d\s().\-/\u2010-\u2015\u00a0]+")
_SCHEME = re.compile(r"^(sips?|tel|callto):", re.IGNORECASE)
_ANGLE = re.compile(r"<([^<>]*)>")
_DIGITS = re.compile(r"\d+")
_SHORTEST = 7  # digits of a number that is written without its area's zero and without a plus


def known_region(text: str) -> str:
    """A region as numbers are read by it; ValueError where it is none. Empty stays empty: whoever asks decides."""
    if text and text not in SUPPORTED_REGIONS:
        raise ValueError("write the two letters of a country, such as GB or IE")
    return text


type Region = Annotated[str, AfterValidator(known_region)]
"""The country (ISO 3166) by which numbers without one are read; empty for the organisation's, or GB."""


@lru_cache(maxsize=4096)
def e164(text: str, region: str = DEFAULT_REGION) -> str:
    """The number in the form +441632960000; empty where `text` is none that could be dialled.

    `region` (ISO 3166) says how a number without its country is read. Numbers that no operator has given
    out yet count: a switch may know them before a table does.
    """
    written = _SCHEME.sub("", text[:LONGEST_TEXT].strip()).partition(";")[0].partition("@")[0]
    if not _WRITTEN.fullmatch(written):
        return ""
    digits = "".join(_DIGITS.findall(written))
    if len(digits) < _SHORTEST:
        return ""
    full = written.lstrip().startswith("+") or digits.startswith("0")
    try:
        number = phonenumbers.parse(written, region)
    except NumberParseException:
        return ""
    good = phonenumbers.is_possible_number(number) if full else phonenumbers.is_valid_number(number)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if good else ""


def address(text: str, region: str = DEFAULT_REGION) -> str:
    """What a party's address is searched and linked by: +44…, sip:user@host, ext:201, or as written."""
    inner = _ANGLE.search(text[:LONGEST_TEXT])
    written = (inner[1] if inner else text[:LONGEST_TEXT]).strip()
    if number := e164(written, region):
        return number
    bare = _SCHEME.sub("", written).partition(";")[0].strip().lower()
    if extension := is_extension(bare.partition("@")[0]):
        return f"{EXTENSION}{extension}"
    if "@" in bare:
        user, _, host = bare.rpartition("@")
        return f"sip:{user}@{_without_port(host)}"
    return bare


def is_extension(text: str) -> str:
    """The digits of an extension (`201`, `ext:201`); empty where `text` is none."""
    digits = text.strip().lower().removeprefix(EXTENSION).strip()
    return digits if digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_EXTENSION else ""


def national(number: str, region: str = DEFAULT_REGION) -> str:
    """An E.164 number as people of `region` write it; anything else unchanged."""
    try:
        parsed = phonenumbers.parse(number, None)
    except NumberParseException:
        return number
    home = phonenumbers.country_code_for_region(region) == parsed.country_code
    form = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() and not host.endswith("]") else host
