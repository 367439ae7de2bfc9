"""What settings can decide by, of one call: where it came in, which numbers take part, which way it goes."""

from collections.abc import Iterable
from functools import lru_cache

import msgspec

from muniment.core.call_facts import CallFacts, CallParty
from muniment.core.phone_numbers import DEFAULT_REGION, EXTENSION, address


class Outline(msgspec.Struct, frozen=True):
    """One call, voicemail or meeting before its sound. `numbers` as records name parties."""

    organisation: str
    source: str
    queue: str = ""
    direction: str = "unknown"
    numbers: frozenset[str] = frozenset()
    channel: str = "call"


def outline(organisation: str, source: str, facts: CallFacts, channel: str = "call") -> Outline:
    """The outline of a call whose facts are known."""
    return Outline(
        organisation, source, facts.queue, facts.direction, numbers_of(facts.parties, facts.region), channel
    )


def numbers_of(parties: Iterable[CallParty], region: str = "") -> frozenset[str]:
    """Every number and address that takes part; numbers without a country are of `region`, or GB."""
    return frozenset(one for party in parties for one in addresses_of(party, region))


def addresses_of(party: CallParty, region: str = "") -> tuple[str, ...]:
    """Every address that names this party, the best first; numbers without a country are `region`'s, or GB's."""
    region = region or DEFAULT_REGION
    found = [
        party.e164,
        address(party.address, region) if party.address else "",
        address(party.dialled, region) if party.dialled else "",
        f"{EXTENSION}{party.extension.strip().lower()}" if party.extension.strip() else "",
    ]
    return tuple(dict.fromkeys(one for one in found if one))


def takes_part(numbers: frozenset[str], wanted: Iterable[str]) -> bool:
    """Whether one of these numbers, however it is written, takes part; one that ends in `*` is a beginning."""
    for each in wanted:
        if each.endswith("*"):
            begins = each.removesuffix("*")
            if any(one.removeprefix(EXTENSION).startswith(begins) for one in numbers):
                return True
        elif _address(each) in numbers:
            return True
    return False


@lru_cache(maxsize=4096)
def _address(text: str) -> str:
    return address(text)
