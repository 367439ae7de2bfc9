"""What can be asked of one shard: entries, key slots, proofs, and the data of its leaves. Nothing here changes it.

`store` opens a shard and adds what does. Safe to use from several threads.
"""

from collections.abc import Iterator
from threading import Lock

from muniment.core.errors import FaultFoundError, NotAvailableError, WrongUseError
from muniment.core.ids import RecordId, record_text
from muniment.core.merkle import leaf_hash
from muniment.vault import segments
from muniment.vault.checkpoint import Checkpoint
from muniment.vault.compactor import Compactor
from muniment.vault.frames import Kind
from muniment.vault.key_image import KeyImage, read_keys
from muniment.vault.key_reader import KeyReader
from muniment.vault.layout import Layout
from muniment.vault.packs import Entry, PackReader
from muniment.vault.proof import Proof
from muniment.vault.recovery import Recovered
from muniment.vault.slots import BatchRecord, Slot, SlotCodec
from muniment.vault.tiles import ENTRIES, split_bundle, tile_name
from muniment.vault.tree import TILE_WIDTH
from muniment.vault.writer import Writer


class ShardReading:
    """One shard as it was found, and what was committed since."""

    def __init__(self, layout: Layout, name: str, found: Recovered) -> None:
        """`name` is that of its ledger."""
        self._layout, self._ledger = layout, found.ledger
        self._codec = SlotCodec(name)
        self._reader = PackReader(layout)
        self._keys = KeyReader(layout, self._codec, found.keys)
        self._committing, self._publishing = Lock(), Lock()
        self._compactor = Compactor(
            layout, found.ledger.index, self._reader, self._committing, self._publishing
        )
        self._writer: Writer | None = None
        self._ordered: set[int] = set()
        self._recent: dict[int, bytes] = {}
        self.size = found.ledger.tree.size
        self.segment_count = found.ledger.index.count(Kind.SEGMENT)
        self.checkpoint: Checkpoint = found.checkpoint
        self.checkpoint_text: str = found.note

    @property
    def root(self) -> bytes:
        """The Merkle root over the durable leaves."""
        with self._committing:
            return self._ledger.tree.root()

    def entry(self, seq: int) -> Entry:
        """One entry, checked against the ledger; WrongUseError beyond `size`, FaultFoundError if damaged."""
        self._within(seq)
        while True:
            exchanges, place = self._compactor.exchanges, self._ledger.index.place(seq)
            try:
                return self._reader.entry(seq, place)
            except FaultFoundError:
                # The pack may have been compacted between the two, here or by the process that writes it.
                other = self._writer is None and self._compactor.follow(place.pack)
                if exchanges == self._compactor.exchanges and not other:
                    raise

    def entries(self, first: int, last: int) -> Iterator[Entry]:
        """Entries `first` to `last`, both included, in order."""
        for seq in range(first, last + 1):
            yield self.entry(seq)

    def actions(self) -> Iterator[Entry]:
        """Every ACTION entry in order; records are not read."""
        size = self.size
        for seq in self._ledger.index.of_kind(Kind.ACTION):
            if seq >= size:
                return
            yield self.entry(seq)

    def places(self) -> dict[str, int]:
        """Where each record stands, by its `rec_…` id; nothing is read."""
        index, size = self._ledger.index, self.size
        return {record_text(index.place(seq).id): seq for seq in index.of_kind(Kind.RECORD) if seq < size}

    def kind(self, seq: int) -> Kind:
        """The kind of one entry, without reading it."""
        return Kind(self._ledger.index.kind(self._within(seq)))

    def id(self, seq: int) -> RecordId:
        """The identifier of one entry, without reading it."""
        return self._ledger.index.place(self._within(seq)).id

    def slot(self, seq: int) -> Slot:
        """The key slot of a leaf: EMPTY if it was erased. FaultFoundError if it is damaged."""
        return self._keys.slot(self._within(seq))

    def batch(self, number: int) -> BatchRecord:
        """The batch that a slot names: (ephemeral, first, count, epoch). FaultFoundError if damaged."""
        return self._keys.batch(number)

    def wrapped(self, seq: int) -> tuple[Slot, BatchRecord | None]:
        """The key slot of a leaf with its batch, of one generation; None for the batch of an EMPTY one.

        FaultFoundError if either is damaged.
        """
        return self._keys.wrapped(self._within(seq))

    def key_image(self) -> KeyImage:
        """Both key files as they are, for a backup; nothing may be written meanwhile."""
        return read_keys(self._layout)

    def segment(self, record: RecordId, number: int) -> int | None:
        """The entry that holds one segment of a record, counted from 0; None if there is none."""
        return self._ledger.index.sequence(segments.segment_id(record, number))

    def segments(self, seq: int) -> tuple[int, ...]:
        """The entries that hold the segments of a record, in order; none where it has none."""
        return tuple(segments.sequences(self._ledger.index.sequence, self._ledger.index.place(seq).id))

    def unclaimed(self) -> frozenset[int]:
        """The segments of which no record in the ledger is the whole, erased ones too."""
        index, every = self._ledger.index, range(self.size)
        if not self.segment_count:
            return frozenset()
        whole = (index.place(seq).id for seq in every if index.kind(seq) == Kind.RECORD)
        claimed = {part for record in whole for part in segments.sequences(index.sequence, record)}
        return frozenset(seq for seq in every if index.kind(seq) == Kind.SEGMENT) - claimed

    def erasure_ordered(self, seq: int) -> bool:
        """Whether the ledger holds an order to erase this entry."""
        return seq in self._ordered

    def find(self, record: RecordId) -> int:
        """The sequence of a record or action; WrongUseError if unknown."""
        seq = self.sequence(record)
        if seq is None:
            raise WrongUseError(f"{record_text(record)} is not in the ledger.")
        return seq

    def sequence(self, entry: RecordId) -> int | None:
        """The sequence of an entry, by its identifier; None if it is not here."""
        seq = self._ledger.index.sequence(entry)
        return None if seq is None or seq >= self.size else seq

    def proof(self, seq: int) -> str:
        """The C2SP tlog-proof of a leaf with the last published checkpoint.

        NotAvailableError if it is newer than that: `publish` first.
        """
        with self._committing:
            size, note = self.checkpoint.size, self.checkpoint_text
            if self._within(seq) >= size:
                raise NotAvailableError(f"Entry {seq} is not under a published checkpoint yet.")
            return Proof(seq, tuple(self._ledger.tree.inclusion(seq, size)), note).text()

    def consistency(self, old: int) -> list[bytes]:
        """The proof that the published checkpoint extends the one of `old` leaves (RFC 6962, 2.1.2)."""
        with self._committing:
            return self._ledger.tree.consistency(old, self.checkpoint.size)

    def published(self, old: int) -> tuple[Checkpoint, str, list[bytes]]:
        """The published head, its signed note, and the proof that it extends the one of `old` leaves.

        The proof is empty for 0. WrongUseError if the head has fewer.
        """
        with self._committing:
            head, note = self.checkpoint, self.checkpoint_text
            return head, note, self._ledger.tree.consistency(old, head.size) if old else []

    def holds(self, head: Checkpoint) -> bool:
        """Whether `head` is a head that this ledger had."""
        with self._committing:
            tree = self._ledger.tree
            return head.size <= tree.size and tree.root(head.size) == head.root

    def leaf_data(self, last: int) -> tuple[bytes, ...]:
        """The data of the leaves 0 to `last` − 1, for an evidence bundle, each checked."""
        bundles: dict[int, list[bytes]] = {}
        return tuple(self._published_leaf(seq, bundles) for seq in range(last))

    def _published_leaf(self, seq: int, bundles: dict[int, list[bytes]]) -> bytes:
        number, at = divmod(seq, TILE_WIDTH)
        if number not in bundles:
            bundles.clear()
            bundles[number] = self._bundle(number)
        bundle = bundles[number]
        if at < len(bundle) and leaf_hash(bundle[at]) == self._ledger.tree.leaf(seq):
            return bundle[at]
        return self._leaf_data(seq)

    def _bundle(self, number: int) -> list[bytes]:
        path = self._layout.tile(tile_name(ENTRIES, number))
        try:
            return split_bundle(path.read_bytes())
        except (OSError, FaultFoundError):
            return []  # partial or damaged: the pack has it too

    def _leaf_data(self, seq: int) -> bytes:
        return self._recent.get(seq) or self.entry(seq).leaf_data

    def _within(self, seq: int) -> int:
        if not 0 <= seq < self.size:
            raise WrongUseError(f"The ledger has {self.size} entries; there is no entry {seq}.")
        return seq
