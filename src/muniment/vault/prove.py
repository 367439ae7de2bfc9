"""Checking an evidence bundle: without keys, without a network, with no trust in its maker.

The proof, in the order in which it is checked:

1. The bag is whole: each file is the one that the manifests name, and there is no other.
2. The key is the one that the entry committed to when it was sealed.
3. Decrypting the ciphertext under that key gives exactly the original bytes and their statement; of a record
   in segments, each of its segments, which are leaves of the ledger too.
4. The entry is a leaf of the ledger under the checkpoint: its inclusion proof leads to the root.
5. The checkpoint is signed by the ledger key.
6. The listed leaves are the whole ledger under that checkpoint: together they give the same root. Where the
   ledger has several shards: so it is with each of them, each follows the one before, and none follows the last.
7. The listed openings are all the openings of this record that those leaves hold.

What it cannot show: that the ledger key is the organisation's. Compare it with a copy from elsewhere.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256, sha512
from pathlib import Path

import msgspec

from muniment.core import canonical
from muniment.core.errors import FaultFoundError, MunimentError
from muniment.core.ids import record_text
from muniment.core.merkle import leaf_hash, tree_root
from muniment.core.tags import EventTag
from muniment.vault.bag import Bag, open_bag
from muniment.vault.chain import Span, breaks
from muniment.vault.checkpoint import ORIGIN, Checkpoint, LedgerVerifier, organisation_of, shard_of
from muniment.vault.content import unpack_content
from muniment.vault.evidence import (
    BAGIT,
    MANIFEST,
    METADATA,
    ORIGINAL,
    PROOF,
    TAG_MANIFEST,
    base_of,
    openings,
    read_leaf,
)
from muniment.vault.frames import HEADER_BYTES, leaf_data, read_head
from muniment.vault.proof import Proof, root_from_inclusion
from muniment.vault.sealing import key_commitment, open_entry
from muniment.vault.segments import Extent, open_segment, segment_id
from muniment.vault.tiles import split_bundle

SHARD = re.compile(rf"{PROOF}shards/(?P<number>[0-9]{{4}})/(?P<name>entries|checkpoint|ledger-key)")
REQUIRED = (
    ORIGINAL,
    METADATA,
    *(
        PROOF + name
        for name in (
            [
                "head",
                "commitment",
                "ciphertext",
                "key",
                "tlog-proof",
                "checkpoint",
                "ledger-key",
                "entries",
                "openings.json",
            ]
        )
    ),
)


class Check(msgspec.Struct, frozen=True):
    """One step of the proof and how it came out; `detail` says what was found wrong."""

    name: str
    passed: bool
    detail: str = ""


class Proved(msgspec.Struct, frozen=True):
    """What checking a bundle found. Of the `openings`, `by_system` are the system's own, to index the record."""

    record: str
    ledger_key: str
    leaves: int
    openings: int
    by_system: int
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Whether every step passed."""
        return all(check.passed for check in self.checks)


def prove(path: Path, trusted: LedgerVerifier | None = None) -> Proved:
    """Check the bundle in a folder or ZIP file; NotAvailableError if it cannot be read.

    With `trusted`, the checkpoint must be signed by that key, not by the one in the bundle.
    """
    return check_bundle(open_bag(path), trusted)


def check_bundle(files: Mapping[str, bytes], trusted: LedgerVerifier | None = None) -> Proved:
    """Check a bundle given as its files by path; of one on disk little is in memory at a time."""
    missing = [name for name in REQUIRED if name not in files]
    if missing:
        return Proved(
            "", "", 0, 0, 0, (Check(STEPS[0][0], passed=False, detail=f"Missing: {', '.join(missing)}."),)
        )
    bundle = _Bundle(files, trusted)
    checks = tuple(_run(name, step, bundle) for name, step in STEPS)
    return Proved(*bundle.summary(), checks)


class _Bundle:
    def __init__(self, files: Mapping[str, bytes], trusted: LedgerVerifier | None) -> None:
        self.files, self.trusted = files, trusted

    def part(self, name: str) -> bytes:
        if PROOF + name not in self.files:
            _fail(f"{PROOF}{name} is missing.")
        return self.files[PROOF + name]

    def text(self, name: str) -> str:
        try:
            return self.part(name).decode()
        except UnicodeDecodeError as error:
            raise FaultFoundError(f"{PROOF}{name} is not text.") from error

    def record(self) -> str:
        return record_text(read_head(self.part("head")).id)

    def proof(self) -> Proof:
        return Proof.parse(self.text("tlog-proof"))

    def verifier(self) -> LedgerVerifier:
        return LedgerVerifier.parse(self.text("ledger-key"))

    def checkpoint(self, under: str = "") -> Checkpoint:
        key = LedgerVerifier.parse(self.text(f"{under}ledger-key"))
        trusted = self.trusted if self.trusted and self.trusted.origin == key.origin else key
        return trusted.open(self.text(f"{under}checkpoint"))

    def leaves(self, under: str = "") -> list[bytes]:
        return split_bundle(self.part(f"{under}entries"))

    def shards(self) -> dict[int, str]:
        """Where the parts of each shard lie, by its number, in order: the record's own in no folder."""
        found = {self.number(): ""}
        for name in self.files:
            match = SHARD.fullmatch(name)
            if match and match["name"] == "entries":
                found[int(match["number"])] = f"shards/{match['number']}/"
            elif name.startswith(f"{PROOF}shards/") and not match:
                _fail(f"{name} is of no shard.")
        return dict(sorted(found.items()))

    def number(self) -> int:
        return shard_of(self.verifier().origin, self.organisation())

    def organisation(self) -> str:
        return organisation_of(self.verifier().origin.removeprefix(ORIGIN))

    def every_leaf(self) -> tuple[int, list[bytes], int]:
        """How many entries stand before, all leaves of all shards, and the place of the record's own shard."""
        whole, own = list[bytes](), 0
        for number, under in self.shards().items():
            own = len(whole) if number == self.number() else own
            whole += self.leaves(under)
        base = base_of(whole)
        return base, whole, base + own

    def segments(self) -> list[str]:
        return [name for name in sorted(self.files) if name.startswith(f"{PROOF}segments/")]

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, some at a time where it is on disk."""
        return self.files.pieces(name) if isinstance(self.files, Bag) else iter((self.files[name],))

    def listed(self) -> object:
        return canonical.loads(self.part("openings.json"))

    def summary(self) -> tuple[str, str, int, int, int]:
        try:
            listed = self.listed()
            tags = [_tag(opening) for opening in listed] if isinstance(listed, list) else []
            system = tags.count(EventTag.RECORDS_EXAMINED)
            leaves = len(self.every_leaf()[1])
            return self.record(), self.text("ledger-key").strip(), leaves, len(tags), system
        except MunimentError:
            return "", "", 0, 0, 0


def _run(name: str, step: Callable[[_Bundle], None], bundle: _Bundle) -> Check:
    try:
        step(bundle)
    except MunimentError as error:
        return Check(name, passed=False, detail=str(error))
    return Check(name, passed=True)


def _1_bag_is_whole(bundle: _Bundle) -> None:
    files = bundle.files
    if files.get("bagit.txt") != BAGIT:
        _fail("bagit.txt is missing or is not that of BagIt 1.0.")
    payload = {name for name in files if name.startswith("data/")}
    tags = set(files) - payload - {TAG_MANIFEST}
    for name, expected in ((MANIFEST, payload), (TAG_MANIFEST, tags)):
        listed = _manifest(files.get(name, b""))
        if set(listed) != expected:
            _fail(f"{name} lists other files than there are: {', '.join(sorted(set(listed) ^ expected))}.")
        for path, digest in listed.items():
            found = sha512()
            for piece in bundle.pieces(path):
                found.update(piece)
            if found.hexdigest() != digest:
                _fail(f"{path} is not the file that {name} names.")


def _2_key_is_committed(bundle: _Bundle) -> None:
    if key_commitment(bundle.part("key")) != bundle.part("commitment"):
        _fail("The key is not the one that the entry commits to.")


def _3_ciphertext_is_original(bundle: _Bundle) -> None:
    key, head, commitment, ciphertext = (
        bundle.part(name) for name in ("key", "head", "commitment", "ciphertext")
    )
    statement, original = unpack_content(open_entry(key, head, commitment, ciphertext))
    if not read_head(head).segmented:
        if bundle.segments():
            _fail("The record does not stand in segments, yet the bundle has some.")
        opened: Iterator[bytes] = iter((original,))
    else:
        opened = _opened(bundle, Extent.parse(original))
    if not same(opened, bundle.pieces(ORIGINAL)):
        _fail(f"{ORIGINAL} is not what was sealed.")
    if statement != bundle.files[METADATA]:
        _fail(f"{METADATA} is not the statement that was sealed.")


def _4_entry_is_in_ledger(bundle: _Bundle) -> None:
    proof, checkpoint = bundle.proof(), bundle.checkpoint()
    if proof.checkpoint != bundle.text("checkpoint"):
        _fail("The proof leads to another checkpoint.")
    head = bundle.part("head")
    read_head(head)
    leaf = leaf_hash(leaf_data(head, bundle.part("commitment"), bundle.part("ciphertext")))
    if root_from_inclusion(leaf, proof.seq, checkpoint.size, proof.path) != checkpoint.root:
        _fail("The inclusion proof does not lead to the checkpoint's root.")


def _opened(bundle: _Bundle, extent: Extent) -> Iterator[bytes]:
    """The bytes of a record from its segments, each of them a leaf of the ledger with the record's commitment."""
    names = bundle.segments()
    if len(names) != extent.segments:
        _fail(f"The bundle has {len(names)} segments; the record has {extent.segments}.")
    key, commitment, leaves = bundle.part("key"), bundle.part("commitment"), set(bundle.every_leaf()[1])
    record, digest = read_head(bundle.part("head")).id, sha256()
    for number, data in enumerate(map(bundle.files.__getitem__, names)):
        head, sealed = data[:HEADER_BYTES], data[HEADER_BYTES:]
        if (
            read_head(head).id != segment_id(record, number)
            or leaf_data(head, commitment, sealed) not in leaves
        ):
            _fail(f"Segment {number} is not the one in the ledger.")
        part = open_segment(key, extent, number, head, commitment, sealed)
        digest.update(part)
        yield part
    if digest.digest() != extent.digest:
        _fail("The segments together are not what was sealed.")


def same(one: Iterator[bytes], other: Iterator[bytes]) -> bool:
    """Whether two streams of bytes are the same, wherever each is cut. Both are read to their end if so."""
    ours, theirs = bytearray(), bytearray()
    while True:
        if not ours:
            ours += next(filter(None, one), b"")
        if not theirs:
            theirs += next(filter(None, other), b"")
        length = min(len(ours), len(theirs))
        if not length:
            return not ours and not theirs
        if ours[:length] != theirs[:length]:
            return False
        del ours[:length], theirs[:length]


def _5_checkpoint_is_signed(bundle: _Bundle) -> None:
    shards = bundle.shards()
    keys = {LedgerVerifier.parse(bundle.text(f"{under}ledger-key")) for under in shards.values()}
    if bundle.trusted and bundle.trusted not in keys:
        _fail("The ledger key in the bundle is not the one that you trust.")
    for under in shards.values():
        bundle.checkpoint(under)


def _6_leaves_are_whole_ledger(bundle: _Bundle) -> None:
    spans = []
    for number, under in bundle.shards().items():
        leaves, checkpoint = bundle.leaves(under), bundle.checkpoint(under)
        if len(leaves) != checkpoint.size or not leaves:
            _fail(f"There are {len(leaves)} leaves; the checkpoint has {checkpoint.size}.")
        if tree_root([leaf_hash(leaf) for leaf in leaves]) != checkpoint.root:
            _fail("The leaves do not give the checkpoint's root.")
        if shard_of(checkpoint.origin, bundle.organisation()) != number:
            _fail(f"What is given for shard {number} is of {checkpoint.origin}.")
        verifier = LedgerVerifier.parse(bundle.text(f"{under}ledger-key"))
        ends = (read_leaf(leaves[0]).clear, read_leaf(leaves[-1]).clear)
        spans.append(Span(verifier, checkpoint.size, checkpoint.root, *ends))
    if next(iter(bundle.shards())) > 1 and not spans[0].opened:
        _fail("The first shard in the bundle does not say where it begins.")
    for at, why in breaks(spans, bundle.organisation(), base_of(bundle.every_leaf()[1])):
        _fail(f"Shard {list(bundle.shards())[at]} does not follow the one before it: {why}.")
    if spans[-1].frozen:
        _fail("The last shard in the bundle was frozen; the one that follows it is missing.")


def _7_openings_are_all(bundle: _Bundle) -> None:
    base, leaves, own = bundle.every_leaf()
    for leaf in leaves:
        read_leaf(leaf)
    if bundle.listed() != openings(leaves, bundle.record(), own + bundle.proof().seq, base):
        _fail("The listed openings are not all, or not only, those in the ledger.")


STEPS: tuple[tuple[str, Callable[[_Bundle], None]], ...] = (
    ("The bag is whole", _1_bag_is_whole),
    ("The key is the one committed to", _2_key_is_committed),
    ("The ciphertext is the original", _3_ciphertext_is_original),
    ("The entry is in the ledger", _4_entry_is_in_ledger),
    ("The checkpoint is signed", _5_checkpoint_is_signed),
    ("The leaves are the whole ledger", _6_leaves_are_whole_ledger),
    ("The openings are all there are", _7_openings_are_all),
)


def _tag(opening: object) -> object:
    action = opening.get("action") if isinstance(opening, dict) else None
    return action.get("tag") if isinstance(action, dict) else None


def _fail(what: str) -> None:
    raise FaultFoundError(what)


def _manifest(data: bytes) -> dict[str, str]:
    lines = data.decode("utf-8", "replace").splitlines()
    return {path: digest for digest, _, path in (line.partition("  ") for line in lines)}
