"""Evidence bundles: one record with everything that a stranger needs to check it, as a BagIt bag.

Layout (RFC 8493, payload manifest in SHA-512):

    bagit.txt  bag-info.txt  manifest-sha512.txt  tagmanifest-sha512.txt
    data/original             the bytes as captured
    data/metadata.json        the capture statement, canonical JSON, sealed with them
    data/proof/head           header ‖ clear part of the entry's frame
    data/proof/commitment     SHA-256("muniment/key-commitment/v1" ‖ key)
    data/proof/ciphertext     AES-256-GCM of the compressed content
    data/proof/key            the 32 bytes of the record's own data key
    data/proof/tlog-proof     c2sp.org/tlog-proof of the entry
    data/proof/checkpoint     the signed head that the proof leads to
    data/proof/ledger-key     the public key that has signed it, as a signed-note verifier key
    data/proof/entries        data of every leaf under that head, each after two bytes of length
    data/proof/segments/00000000 …  head ‖ ciphertext of each segment, where the record stands in segments
    data/proof/openings.json  every opening of the record that those leaves hold
    data/proof/shards/0002/   checkpoint, ledger-key and entries of another shard, where there are several

The record's own shard stands in proof/ itself. The others are all from the first that holds a segment of the
record, or else its own, to the last: each names the one before, so that none can be left out.

`muniment.vault.prove` checks one. The leaves show that there is no other opening: their kinds, tags
and record identifiers stand in clear, and together they hash to the signed root.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha512
from typing import NamedTuple

import msgspec

from muniment.core import canonical
from muniment.core.canonical import Json
from muniment.core.errors import FaultFoundError, WrongUseError
from muniment.core.ids import record_text
from muniment.core.tags import EventTag
from muniment.vault.chain import read_opened
from muniment.vault.checkpoint import ORIGIN, organisation_of, shard_of
from muniment.vault.frames import COMMITMENT_BYTES, HEADER_BYTES, Header, Kind, parse_header, read_head
from muniment.vault.messages import ShardLeaves
from muniment.vault.proof import Proof
from muniment.vault.tiles import pack_bundle

BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST = "manifest-sha512.txt"
TAG_MANIFEST = "tagmanifest-sha512.txt"
ORIGINAL = "data/original"
METADATA = "data/metadata.json"
PROOF = "data/proof/"
LEAF_TAIL_BYTES = COMMITMENT_BYTES + 32


class EvidenceBundle(msgspec.Struct, frozen=True):
    """The parts of a bundle. `leaves` holds the data of every leaf under the proof's checkpoint."""

    original: bytes
    statement: bytes
    head: bytes
    commitment: bytes
    ciphertext: bytes
    key: bytes
    proof: str
    ledger_key: str
    leaves: tuple[bytes, ...]
    segments: tuple[tuple[bytes, bytes], ...] = ()
    """Head and ciphertext of each segment, in order, where the record stands in segments."""
    shards: tuple[ShardLeaves, ...] = ()
    """The other shards of the ledger, in order, from the first that holds a segment of the record, or its own."""


class BagFile(NamedTuple):
    """One file of a bag: its path, and its bytes as they come. Take them all before the next file."""

    path: str
    chunks: Iterator[bytes]
    length: int = 0
    """How many bytes there will be, where they come from elsewhere; else 0."""


class ClearLeaf(msgspec.Struct, frozen=True):
    """What a leaf says in clear."""

    header: Header
    clear: bytes


def read_leaf(data: bytes) -> ClearLeaf:
    """The header and clear part in a leaf's data; FaultFoundError unless it is exactly one leaf."""
    header = parse_header(data)
    if header is None or len(data) != HEADER_BYTES + header.clear_length + LEAF_TAIL_BYTES:
        raise FaultFoundError("A leaf of the ledger is malformed.")
    return ClearLeaf(header, data[HEADER_BYTES : HEADER_BYTES + header.clear_length])


def openings(leaves: Sequence[bytes], record: str, seq: int, base: int = 0) -> list[Json]:
    """Every opening of a record: by a person under a warrant, or by the system in an examined range.

    Each is {"sequence": its place, "action": its clear part}, in order. `seq` and all places are counted over
    all shards; the first of the `leaves` stands at `base`.
    """
    return [
        {"sequence": at, "action": action}
        for at, action in _actions(leaves, base)
        if _opens(action, record, seq)
    ]


def base_of(leaves: Sequence[bytes]) -> int:
    """How many entries stand before the shard that these are the leaves of, as its first one says."""
    opened = read_opened(read_leaf(leaves[0]).clear) if leaves else None
    return opened.sequence if opened else 0


def bundle_files(bundle: EvidenceBundle) -> dict[str, bytes]:
    """Every file of the bag by its path; nothing is written.

    WrongUseError if `leaves` is not what the proof's checkpoint covers.
    """
    return {
        file.path: b"".join(file.chunks)
        for file in stream_bundle(bundle, (bundle.original,), bundle.segments)
    }


def stream_bundle(
    bundle: EvidenceBundle,
    original: Iterable[bytes],
    segments: Iterable[tuple[bytes, bytes]],
    length: int = 0,
) -> Iterator[BagFile]:
    """The files of a bag one after another, with little of them in memory, manifests last.

    `original` and `segments` stand for the bundle's own; `length` is that of the original. WrongUseError as
    `bundle_files`.
    """
    payload = _Noted()
    yield payload.file(ORIGINAL, original, length)
    yield payload.file(METADATA, (bundle.statement,))
    for name, data in _proof_parts(bundle).items():
        yield payload.file(PROOF + name, (data,))
    for number, parts in enumerate(segments):
        yield payload.file(segment_name(number), parts)
    tags = _Noted()
    about = (
        f"External-Identifier: {record_text(read_head(bundle.head).id)}\n"
        f"Payload-Oxum: {payload.size}.{len(payload.digests)}\n"
    )
    yield tags.file("bagit.txt", (BAGIT,))
    yield tags.file("bag-info.txt", (about.encode(),))
    yield tags.file(MANIFEST, (payload.manifest(),))
    yield BagFile(TAG_MANIFEST, iter((tags.manifest(),)))


class _Noted:
    """Files on their way out: what they hash to, and how many bytes they were."""

    def __init__(self) -> None:
        self.digests: dict[str, str] = {}
        self.size = 0

    def file(self, path: str, chunks: Iterable[bytes], length: int = 0) -> BagFile:
        return BagFile(path, self._pass(path, chunks), length)

    def manifest(self) -> bytes:
        return "".join(f"{self.digests[name]}  {name}\n" for name in sorted(self.digests)).encode()

    def _pass(self, path: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
        digest = sha512()
        for chunk in chunks:
            digest.update(chunk)
            self.size += len(chunk)
            yield chunk
        self.digests[path] = digest.hexdigest()


def _proof_parts(bundle: EvidenceBundle) -> dict[str, bytes]:
    record = record_text(read_head(bundle.head).id)
    proof = Proof.parse(bundle.proof)
    if proof.seq >= len(bundle.leaves):
        raise WrongUseError("A bundle needs every leaf up to the checkpoint of its proof.")
    before = [each.leaves for each in bundle.shards if each.number < _number(bundle)]
    after = [each.leaves for each in bundle.shards if each.number > _number(bundle)]
    every = [leaf for leaves in (*before, bundle.leaves, *after) for leaf in leaves]
    base = base_of(every)
    seq = base + sum(map(len, before)) + proof.seq
    parts = {
        "head": bundle.head,
        "commitment": bundle.commitment,
        "ciphertext": bundle.ciphertext,
        "key": bundle.key,
        "tlog-proof": bundle.proof.encode(),
        "checkpoint": proof.checkpoint.encode(),
        "ledger-key": f"{bundle.ledger_key.strip()}\n".encode(),
        "entries": pack_bundle(bundle.leaves),
        "openings.json": canonical.dumps(openings(every, record, seq, base)),
    }
    for each in bundle.shards:
        parts |= {f"shards/{each.number:04d}/{name}": data for name, data in _shard_parts(each).items()}
    return parts


def segment_name(number: int) -> str:
    """The file that holds a segment, counted from 0."""
    return f"{PROOF}segments/{number:08d}"


def shard_name(number: int, name: str) -> str:
    """The file that holds a part of another shard than the record's own."""
    return f"{PROOF}shards/{number:04d}/{name}"


def _shard_parts(shard: ShardLeaves) -> dict[str, bytes]:
    return {
        "checkpoint": shard.checkpoint.encode(),
        "ledger-key": f"{shard.verifier.strip()}\n".encode(),
        "entries": pack_bundle(shard.leaves),
    }


def _number(bundle: EvidenceBundle) -> int:
    origin = bundle.ledger_key.partition("+")[0]
    return shard_of(origin, organisation_of(origin.removeprefix(ORIGIN)))


def manifest(files: Mapping[str, bytes]) -> bytes:
    """A BagIt manifest: digest, two spaces, path, in order of path."""
    return "".join(f"{sha512(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()


def _actions(leaves: Sequence[bytes], base: int) -> Iterator[tuple[int, dict[str, Json]]]:
    for at, data in enumerate(leaves, base):
        leaf = read_leaf(data)
        if leaf.header.kind is Kind.ACTION:
            try:
                action = canonical.loads(leaf.clear)
            except WrongUseError as error:
                raise FaultFoundError(f"The clear part of action {at} is not canonical JSON.") from error
            if isinstance(action, dict):
                yield at, action


def _opens(action: dict[str, Json], record: str, seq: int) -> bool:
    if action.get("tag") == EventTag.RECORD_OPENED:
        return action.get("record") == record
    covered = action.get("range")
    if action.get("tag") != EventTag.RECORDS_EXAMINED or not isinstance(covered, list):
        return False
    first, last = covered if len(covered) == 2 else (0, -1)  # noqa: PLR2004 - first and last
    return isinstance(first, int) and isinstance(last, int) and first <= seq <= last
