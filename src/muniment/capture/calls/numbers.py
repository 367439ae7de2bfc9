"""Addresses of parties as numbers: extension, E.164, which way a call went."""

import re
from typing import Literal

from muniment.capture.calls.sip.address import is_numeric, parse_name_address, parse_uri
from muniment.core import phone_numbers
from muniment.core.call_settings import CallSource

LONGEST_E164 = 15  # digits (ITU-T E.164)
SHORTEST_E164 = 7  # digits; less is no number of the public network

_GROUPING = re.compile(r"[\s().-]")

type Way = Literal["inbound", "outbound", "internal", "unknown"]


def user_of(address: str) -> str:
    """The user part of an address however it is written: `sip:`, `tel:`, a name-addr, without a scheme."""
    uri = parse_uri(parse_name_address(address).uri)
    user = uri.user or ("" if is_numeric(uri.host) or not _is_number_like(uri.host) else uri.host)
    return _GROUPING.sub("", user) if _is_number_like(user) else user


def extension_of(user: str, source: CallSource) -> str:
    """The extension that a user part is, empty where it is none."""
    return user if re.fullmatch(source.internal.removeprefix("^").removesuffix("$"), user) else ""


def e164_of(user: str, source: CallSource) -> str:
    """The number in the form +441632960000; empty where that is not certain.

    `+…` and `00…` are international, a leading 0 national in the source's country; where the source names a
    region, its plan of numbers says.
    """
    if source.region and not user.startswith("+") and not extension_of(user, source):
        return phone_numbers.e164(user, source.region)
    digits = user.removeprefix("+")
    if not digits.isascii() or not digits.isdecimal():
        return ""
    if user.startswith("+"):
        number = digits
    elif user.startswith("00"):
        number = user[2:]
    elif user.startswith("0"):
        number = source.country + user[1:]
    else:
        return ""
    return f"+{number}" if SHORTEST_E164 <= len(number) <= LONGEST_E164 else ""


def way_of(caller: str, called: str, source: CallSource) -> Way:
    """Which way a call went, by who has an extension of ours."""
    if not caller or not called:
        return "unknown"
    ours = bool(extension_of(caller, source)), bool(extension_of(called, source))
    ways: dict[tuple[bool, bool], Way] = {
        (True, True): "internal",
        (True, False): "outbound",
        (False, True): "inbound",
    }
    return ways.get(ours, "unknown")


def _is_number_like(user: str) -> bool:
    return bool(user) and not _GROUPING.sub("", user).strip("+0123456789*#")
