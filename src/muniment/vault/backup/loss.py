"""What a restore would lose: entries that are known to have been signed, and are not in the backup.

Going on without them would read as a rollback, for somebody outside holds a head that has them. So two
authorities sign what is lost; the shard is then frozen, and the next begins with it.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from muniment.core.errors import RefusedError
from muniment.core.ids import RecordId
from muniment.vault.authority import statements
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.authority.statements import LossAcceptance
from muniment.vault.backup import generations
from muniment.vault.backup.destination import Destination, Stored, text
from muniment.vault.backup.generations import Generation, OrganisationPart
from muniment.vault.backup.joining import arriving
from muniment.vault.checkpoint import Checkpoint, LedgerVerifier, ledger_name, shard_of, split_note
from muniment.vault.frames import HEADER_BYTES, Kind, parse_header
from muniment.vault.orders import erased_record
from muniment.vault.packs import Group

TWO = 2


class Accepted(NamedTuple):
    """A loss, and what two authorities signed about it. Whether they are, the ledger's register says."""

    loss: LossAcceptance
    signatures: tuple[SignedStatement, ...]


def losses(source: Destination, chosen: Generation, given: Sequence[str]) -> list[LossAcceptance]:
    """What restoring these keys would lose, of each organisation that is known to lose something.

    `given` are signed heads that were kept elsewhere; FaultFoundError if one of a known ledger is not signed.
    """
    named = dict.fromkeys(part.organisation for part in chosen.organisations)
    found = []
    for name in named:
        parts = [part for part in chosen.organisations if part.organisation == name]
        lost = _loss(source, chosen.id, parts, [split_note(note)[0] for note in given], given)
        found += [lost] if lost else []
    return found


def accepted(lost: Sequence[LossAcceptance], signed: Sequence[SignedStatement]) -> dict[str, Accepted]:
    """Each loss with its signatures, by organisation; RefusedError for one that no two persons have signed."""
    found = {}
    for each in lost:
        text = statements.write(each)
        mine = tuple(one for one in signed if one.statement == text)
        if len({one.person for one in mine}) < TWO:
            raise RefusedError(
                f"The backup of {each.organisation} ends before entry {each.first}; a head of {each.last + 1}"
                " entries is signed.",
                why=f"Entries {each.first} to {each.last} would be lost, and the ledger would contradict what it signed.",
                remedy="Restore a newer generation or another backup. If there is none, write what two authorities"
                " have to sign with --statements, and give both with --signed: then a new shard begins with the loss.",
            )
        found[each.organisation] = Accepted(each, mine)
    return found


def beyond(
    source: Destination, organisation: str, stored: list[Stored], ends: Mapping[str, Sequence[int]]
) -> tuple[int, frozenset[RecordId]]:
    """How many entries the packs hold beyond the keys (a backup was cut short), and the erasures they order.

    `ends` says how many bytes of each stored pack of a ledger belong to the keys.
    """
    count, orders = 0, set[RecordId]()
    for shard in generations.shards(stored, organisation):
        ledger = ledger_name(organisation, shard)
        known = ends.get(ledger, ())
        for name, size in sorted(generations.pack_sizes(stored, ledger).items()):
            number = int(name[:6])
            start = known[number - 1] if number <= len(known) else 0
            for data, group in arriving(source.read(generations.packs(ledger) + name, start, size)):
                count += len(group.places)
                orders |= _orders(data, group)
    return count, frozenset(orders)


def _orders(data: bytes, group: Group) -> set[RecordId]:
    found = set[RecordId]()
    for place in group.places:
        header = parse_header(data, place.offset)
        if header and place.kind is Kind.ACTION:
            first = place.offset + HEADER_BYTES
            record = erased_record(data[first : first + header.clear_length])
            found |= {record} if record else set()
    return found


def _loss(
    source: Destination,
    generation: str,
    parts: Sequence[OrganisationPart],
    heads: Sequence[Checkpoint],
    notes: Sequence[str],
) -> LossAcceptance | None:
    newest = parts[-1]
    organisation, first = newest.organisation, sum(part.size for part in parts)
    stored = source.listed(generations.packs(organisation))
    own = max(_known(source, stored, newest.ledger, notes), default=0)
    later = dict.fromkeys((n for n in generations.shards(stored, organisation) if n > newest.shard), 0)
    for head in heads:  # of a shard whose key is not in the backup nobody can check the signature
        number = shard_of(head.origin, organisation)
        if number > newest.shard:
            later[number] = max(head.size, later.get(number, 0))
    for number, size in later.items():
        later[number] = max((size, *_known(source, stored, ledger_name(organisation, number), notes)))
    if own <= newest.size and not later:
        return None
    frozen = max(own, newest.size + 1) if later else own  # where another follows, an entry froze it
    count = frozen - newest.size + sum(later.values())
    return LossAcceptance(
        organisation=organisation,
        shard=max((newest.shard, *later)) + 1,
        backup=generation,
        size=newest.size,
        root=split_note(newest.checkpoint)[0].root.hex(),
        first=first,
        last=first + count - 1,
    )


def _known(source: Destination, stored: list[Stored], ledger: str, given: Sequence[str]) -> list[int]:
    """The sizes of all heads of a ledger that the backup or the caller has; each is signed, where its key is here."""
    packs, names = generations.packs(ledger), {each.name for each in stored}
    if f"{packs}ledger-key" not in names:
        return []
    verifier = LedgerVerifier.parse(text(source, f"{packs}ledger-key"))
    anchors = (one for one in names if one.startswith(f"{packs}anchors/") and one.endswith(".checkpoint"))
    notes = [text(source, one) for one in sorted({*anchors, f"{packs}checkpoint"} & names)]
    notes += [note for note in given if split_note(note)[0].origin == verifier.origin]
    return [verifier.open(note).size for note in notes]
