"""What a backup holds, and under which names; the same in a folder and in a bucket.

    packs/<organisation>/000001.pack     grows like the pack itself; kept for ever, also where that is compacted
    packs/<organisation>/ledger-key      public
    packs/<organisation>/checkpoint      the newest signed head that was backed up whole
    packs/<organisation>/anchors/        heads that came back from outside
    keys/<generation>/generation.json    written last: a generation without it counts for nothing
    keys/<generation>/muniment.toml, muniment.db     settings; people, rights and cases, encrypted
    keys/<generation>/<organisation>/    keyring, slots and batches of one moment

A later shard of an organisation has folders of its own: packs/<organisation>/2/, keys/<generation>/<organisation>/2/.

Packs hold nothing but ciphertext, and no wrapped key. A generation of keys opens them, with the passphrase,
so it expires and is removed; then an erased record is beyond anybody's reach.
"""

import re
from datetime import UTC, datetime

import msgspec

from muniment.core.errors import FaultFoundError
from muniment.vault.backup.destination import KEYS, PACKS, Destination, Stored, whole
from muniment.vault.checkpoint import ledger_name

DAY = 24 * 3600
SEAL = "generation.json"
NAME = re.compile(r"(?P<number>[0-9]{6,})-(?P<made>[0-9]{8}T[0-9]{6}Z)-[0-9a-f]{8}")
UNFINISHED_FOR = DAY
"""Seconds after which a generation that was never finished is nobody's any more: no backup takes that long."""


class OrganisationPart(msgspec.Struct, frozen=True):
    """How far one shard of an organisation goes in a generation. Fields as in `vault.messages.KeysTaken`.

    `packs` are lengths as the packs were sealed: a compacted one is shorter and holds as much.
    """

    organisation: str
    size: int
    checkpoint: str
    packs: tuple[int, ...]
    key_generation: int
    shard: int = 1

    @property
    def ledger(self) -> str:
        """The name of the shard's ledger, by which its folders are called."""
        return ledger_name(self.organisation, self.shard)


class Generation(msgspec.Struct, frozen=True):
    """One whole generation of keys; times are seconds since 1970. The id begins with a number that rises."""

    id: str
    made: int
    expires: int
    organisations: tuple[OrganisationPart, ...]


class Listing(msgspec.Struct, frozen=True):
    """The generations that are there: whole ones, oldest first, and names of those without a seal."""

    whole: tuple[Generation, ...]
    unfinished: tuple[str, ...]


def packs(ledger: str) -> str:
    """Where the part of one ledger is that is kept for ever; ends with `/`."""
    return f"{PACKS}{ledger}/"


def shards(stored: list[Stored], organisation: str) -> list[int]:
    """The shards of which packs are there, in order."""
    begin = packs(organisation)
    found = (re.fullmatch(r"([0-9]+)/ledger-key", each.name.removeprefix(begin)) for each in stored)
    return [1, *sorted(int(each[1]) for each in found if each)]


def keys(generation: str, ledger: str = "") -> str:
    """Where a generation of keys is, or one ledger's in it; ends with `/`."""
    return f"{KEYS}{generation}/" + (f"{ledger}/" if ledger else "")


def listing(place: Destination) -> Listing:
    """Every generation; FaultFoundError if a whole one is damaged."""
    names = [each.name.split("/", 2)[1:] for each in place.listed(KEYS)]
    sealed = {name for name, *rest in names if rest == [SEAL] and NAME.fullmatch(name)}
    found = [read(place, name) for name in sorted(sealed)]
    unfinished = {name for name, *rest in names if rest} - sealed
    return Listing(tuple(sorted(found, key=lambda each: each.id)), tuple(sorted(unfinished)))


def read(place: Destination, name: str) -> Generation:
    """What a generation's seal says; FaultFoundError if it is damaged or of another generation."""
    try:
        found = msgspec.json.decode(whole(place, f"{keys(name)}{SEAL}"), type=Generation)
    except msgspec.MsgspecError:
        found = None
    if found is None or found.id != name:
        raise FaultFoundError(
            f"{keys(name)}{SEAL} in {place.title} is damaged.", remedy="Use another generation of keys."
        )
    return found


def remove(place: Destination, name: str) -> None:
    """Remove a generation, the file that makes it count first."""
    place.remove(f"{keys(name)}{SEAL}")
    place.remove(keys(name))


def remove_expired(place: Destination, there: Listing, now: int) -> tuple[str, ...]:
    """Remove the generations whose time is over; their names."""
    over = tuple(each.id for each in there.whole if each.expires <= now)
    for name in over:
        remove(place, name)
    return over


def remove_unfinished(place: Destination, there: Listing, now: int, *, alone: bool) -> None:
    """Remove what backups left that were cut short; while others may be at work, only what is a day old."""
    for name in there.unfinished:
        found = NAME.fullmatch(name)
        made = datetime.strptime(found["made"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if found else None
        if alone or made is None or made.timestamp() + UNFINISHED_FOR <= now:
            place.remove(keys(name))


def pack_sizes(stored: list[Stored], ledger: str) -> dict[str, int]:
    """The bytes of each pack of a ledger that is there, by its file name."""
    begin = packs(ledger)
    names = ((each.name.removeprefix(begin), each.size) for each in stored)
    return {name: size for name, size in names if re.fullmatch(r"[0-9]{6}\.pack", name)}
