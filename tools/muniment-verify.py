#!/usr/bin/env python3
"""A second reader of the vault, for auditors: it shares no line with Muniment and needs none of it.

    muniment-verify.py HOME_OR_VAULT [--ledger-key FILE] [--checkpoint FILE] [--witness KEY] [--root PEM] [--json]
    muniment-verify.py --bundle FOLDER [--ledger-key FILE] [--json]

Written from docs/format.md. Needs Python 3.12 and `cryptography`; `zstandard` to decompress what a bundle holds,
where Python has no zstd; `openssl` to check time stamps with --root. No secret, no network; changes nothing.
Stop the server first, or give it a copy. Exit status: 0 sound, 1 a fault, 2 wrong use.
"""

import argparse
import base64
import importlib.util
import itertools
import json
import re
import struct
import subprocess
from hashlib import file_digest, sha256
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

HEADER, COMMIT, PLACE, SLOT, BATCH = map(struct.Struct, ("<4sBBBBIQ16s", "<4sB3xI4xQQ32s32s", "<II16s32s", "<BBHI48s8s", "<QIHBB32s16s"))
RECORD, ACTION, SEGMENT, ONE, WIDTH, COMMIT_BYTES, FROZEN, OPENED = 1, 2, 3, 64, 256, 128, "vault:shard:frozen", "vault:shard:opened"
TILE = re.compile(r"log/tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?")
ANCHOR = re.compile(r"anchors/(\d{12})-(\d{12})-[a-z0-9_.]+-([0-9a-f]{16})\.(tsr|cosigned|mailed)")
FILE = re.compile(r"packs/\d{6}\.pack|log/(checkpoint|ledger-key)|index|anchors/[^/]+\.checkpoint")
ENTRY, LEFT = re.compile(rb"MN[RS]1"), re.compile(r"(log|anchors|keys|packs)/aside|keys/\d{6}\.(keys|batches)")
BACKUP, KEYS, REBUILD = "Restore it from a backup; where that shows the same, keep everything as it is and investigate.", "Restore the newest generation of key backups.", "Make it again: muniment verify --rebuild."
ADVICE = {"damaged-batch": KEYS, "damaged-slot": KEYS, "lost-key": KEYS, "damaged-index": REBUILD, "damaged-tile": REBUILD, "torn-tail": "Harmless.", "undestroyed-key": "Start the server: it destroys it."}
TAGS, BAGIT = ("manifest-sha512", "tagmanifest-sha512", "bagit"), b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
Header = NamedTuple("Header", [("kind", int), ("clear", int), ("payload", int), ("id", bytes), ("length", int), ("stub", bool)])
Frame = NamedTuple("Frame", [("pack", int), ("at", int), ("header", Header), ("leaf", bytes), ("clear", bytes)])
Place = NamedTuple("Place", [("kind", int), ("pack", int), ("at", int), ("id", bytes), ("leaf", bytes)])

class Tree:
    """A Merkle tree over leaf hashes (RFC 6962); larger subtrees are remembered."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves, self.known = leaves, dict[tuple[int, int], bytes]()

    def root(self, first: int, last: int) -> bytes:
        if last - first < 2:
            return self.leaves[first] if last > first else sha256(b"").digest()
        if (node := self.known.get((first, last))) is None:
            middle = first + (1 << (last - first - 1).bit_length() - 1)
            node = sha256(b"\x01" + self.root(first, middle) + self.root(middle, last)).digest()
            self.known.update({(first, last): node} if last - first >= WIDTH else {})
        return node

    def path(self, seq: int, first: int, last: int) -> list[bytes]:
        middle = first + (1 << max(1, last - first - 1).bit_length() - 1)
        near, far = ((first, middle), (middle, last))[:: 1 if seq < middle else -1]
        return [*self.path(seq, *near), self.root(*far)] if last - first > 1 else []

def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()

def header_at(data: bytes, at: int = 0, *, packed: bool = False) -> Header | None:
    """The header of an entry, or of a stub where it is one in a pack; its length is that of the whole frame."""
    magic, version, kind, codec, flags, clear, payload, raw = HEADER.unpack_from(data.ljust(at + HEADER.size), at)
    stub = packed and magic == b"MNS1" and kind != ACTION
    right = (stub or magic == b"MNR1") and version == 1 and 16 <= payload <= 1 << 30 and clear <= (kind == ACTION) << 14 and len(data) - at >= HEADER.size and (kind, codec, flags) in {(RECORD, 1, 0), (RECORD, 1, 1), (ACTION, 1, 0), (SEGMENT, 0, 0)}
    return Header(kind, clear, payload, raw, HEADER.size + clear + 32 + payload, stub) if right else None

def taken(header: Header) -> int:
    return header.length - (header.payload - 32) * header.stub

def told_by(leaf: bytes) -> dict[str, Any]:
    return action(leaf[HEADER.size : HEADER.size + head.clear]) if (head := header_at(leaf)) and head.kind == ACTION else {}

def segment_id(record: bytes, number: int) -> bytes:
    return sha256(b"muniment/segment/v1" + record + number.to_bytes(4, "little")).digest()[:16]

def chunks(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]

def split_bundle(stream: BinaryIO) -> Any:
    """Leaf data one after another; nothing in the place of one that is cut short."""
    while size := stream.read(2):
        leaf = stream.read(int.from_bytes(size))
        yield leaf if len(size + leaf) == 2 + int.from_bytes(size) else b""

def tile_name(level: str, number: int, width: int) -> str:
    above = [f"x{number // 1000**n % 1000:03d}/" for n in (3, 2, 1) if number >= 1000**n]
    return f"log/tile/{level}/{''.join(above)}{number % 1000:03d}" + (f".p/{width}" if width < WIDTH else "")

def record_text(raw: bytes) -> str:
    return "rec_" + base64.b32encode(raw).decode().rstrip("=").lower() if raw else ""

def read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""

def action(clear: bytes) -> dict[str, Any]:
    """The clear part of an action; nothing unless it is canonical JSON."""
    try:
        text = json.dumps(value := json.loads(clear), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        return value if isinstance(value, dict) and text == clear else {}
    except (ValueError, RecursionError):
        return {}

def plain(text: str) -> bytes:
    """Base64 in its only form, else nothing."""
    raw = base64.b64decode(text) if re.fullmatch("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", text) else b""
    return raw if base64.b64encode(raw).decode() == text else b""

class Key(NamedTuple("Key", [("name", str), ("raw", bytes), ("id", bytes)])):
    """A verifier key (c2sp.org/signed-note): name, type (1 ledger, 4 witness), Ed25519."""

    @classmethod
    def parse(cls, text: str) -> "Key | None":
        name, stated, coded = [*text.strip().split("+", 2), "", ""][:3]
        key = cls(name, plain(coded), sha256(name.encode() + b"\n" + plain(coded)).digest()[:4])
        return key if key.raw[:1] in {b"\x01", b"\x04"} and len(key.raw) == 33 and stated == key.id.hex() else None

class Note(NamedTuple("Note", [("body", str), ("origin", str), ("size", int), ("root", bytes), ("lines", list[tuple[str, bytes]])])):
    """A checkpoint (c2sp.org/tlog-checkpoint) and its signature lines, as (name, key id ‖ signature)."""

    @classmethod
    def parse(cls, data: bytes, key: Key | None) -> "Note | None":
        """The checkpoint if it is one, and signed by the key where one is given."""
        body, _, tail = data.decode("utf-8", "replace").partition("\n\n")
        match = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)", body)
        lines = [re.fullmatch("\u2014 ([^ \n]+) ([^ \n]+)", line) for line in tail[:-1].split("\n")]
        signatures = [(line[1], plain(line[2])) for line in lines if line]
        if not match or not plain(match[3]) or len(signatures) < len(lines) or tail[-1:] != "\n":
            return None
        note = cls(body + "\n", match[1], int(match[2]), plain(match[3]), signatures)
        return note if all(len(raw) > 4 for _, raw in signatures) and (not key or (note.origin == key.name and note.signed_by(key))) else None

    def signed_by(self, key: Key) -> bool:
        mine = [raw[4:] for name, raw in self.lines if (name, raw[:4]) == (key.name, key.id)]
        try:
            for raw in mine:
                timed = f"cosignature/v1\ntime {int.from_bytes(raw[:8])}\n" if key.raw[0] == 4 else ""
                Ed25519PublicKey.from_public_bytes(key.raw[1:]).verify(raw[8:] if timed else raw, (timed + self.body).encode())
        except Exception:  # a signature that does not verify, or a key that is none
            mine = []
        return bool(mine)

Span = NamedTuple("Span", [("key", Key | None), ("origin", str), ("size", int), ("root", bytes), ("first", dict[str, Any]), ("last", dict[str, Any])])

def shard_of(origin: str) -> int:
    return int(match[1] or 1) if (match := re.fullmatch(r"muniment/org_[a-z2-7]+(?:/([2-9]|[1-9]\d{1,3}))?", origin)) else 0

def follows(old: Span, new: Span, base: int) -> dict[str, Any]:
    """What the first entry of a shard says of the one before, if it follows that rightly; `base` entries stand before it."""
    past, told, key = {"origin": old.origin, "root": old.root.hex(), "size": old.size}, new.first, Key.parse(str(old.last.get("next")))
    right = key and (FROZEN, OPENED, key, past, base) == (old.last.get("tag"), told.get("tag"), new.key, told.get("previous"), told.get("sequence"))
    return told if right and shard_of(old.origin) < shard_of(new.origin) and ("range" not in told or told.get("reason") == "restore") else {}

class Vault:
    """One shard of a vault while it is checked, by its ledger's name; `trust` is what the auditor brought."""

    def __init__(self, path: Path, ledger: str, trust: argparse.Namespace) -> None:
        self.path, self.trust, self.name, self.origin = path, trust, ledger.encode(), f"muniment/{ledger}"
        self.faults, self.frames, self.groups = dict[tuple[str, str, str], None](), dict[int, Frame](), list[tuple[int, int, list[int]]]()
        self.data = {int(file.stem): file.read_bytes() for file in path.glob("packs/" + "[0-9]" * 6 + ".pack")}
        text, note = read(path / "log/ledger-key").decode("utf-8", "replace"), read(path / "log/checkpoint")
        stored, stated = Key.parse(text), Note.parse(note, None)
        self.key: Key | None = next((key for key in [trust.ledger_key] if key and (shard_of(key.name) or 1) == shard_of(self.origin)), stored)
        self.head = Note.parse(note, self.key)
        self.add("damaged-ledger-key", "log/ledger-key", when=not stored or (stored.name, stored, text) != (self.origin, self.key, text.strip() + "\n"))
        self.add("bad-signature" if note else "missing-checkpoint", "log/checkpoint", when=not self.head or not self.key or not stated or len(stated.lines) != 1)
        slots, batches = ({one.stem for one in path.glob("keys/" + "[0-9]" * 6 + end)} for end in (".keys", ".batches"))
        self.keys = "keys/" + max(slots & batches or slots, default="000001")
        self.gather()
        for number in range(1, max(self.data, default=0) + 1):
            self.add("missing-file", f"packs/{number:06d}.pack", when=number not in self.data)
            self.walk(number, self.data.get(number, b""), last=number == max(self.data))
        self.settle()
        count, ends = len(self.leaves), [one.clear for seq in (0, len(self.leaves) - 1) if (one := self.frames.get(seq)) and one.leaf == self.leaves[seq]]
        self.span = Span(self.key, self.origin, count, self.tree.root(0, count), *map(action, ends if len(ends) > 1 else (b"", b"")))
        self.signed = self.size <= count and (not self.head or self.tree.root(0, self.size) == self.head.root)
        self.sound = self.signed and len(ends) == 2 * bool(count)

    def check(self, orders: dict[str, int], excused: Any, nested: set[str]) -> None:
        """The rest, once all shards are read: what is ordered in any, which heads a loss excuses, what lies below."""
        self.check_groups()
        self.check_keys(orders)
        if self.signed:
            self.check_derived(nested)
        self.add("rewritten", f"the root over {self.size} entries is not the signed one", when=not self.faults and self.size <= len(self.leaves) and not self.signed)
        self.add("rolled-back", f"{len(self.leaves)} entries, and the checkpoint has {self.size}", when=self.size > len(self.leaves))
        self.check_anchors(excused)

    def add(self, kind: str, where: str, raw: bytes = b"", *, when: object = True) -> None:
        self.faults |= {(kind, record_text(raw), f"{where}: {ADVICE.get(kind, BACKUP)}"): None} if when else {}

    def gather(self) -> None:
        """What entry bundles, leaf tiles and index say of the published entries; none of it believed yet."""
        self.index, self.bundle, self.tile = list[Place | None](), list[bytes](), list[bytes]()
        for raw in chunks(read(self.path / "index"), ONE):
            word, *rest = PLACE.unpack(raw[:56].ljust(56, b"\x00"))
            self.index.append(Place(word >> 24, word & 0xFFFFFF, *rest) if sha256(b"muniment/index/v1" + raw[:56]).digest()[:8] == raw[56:] else None)
        self.size = self.head.size if self.head else len(self.index)
        self.index = (self.index + [None] * self.size)[: self.size]
        for start in range(0, self.size, WIDTH):
            width = min(WIDTH, self.size - start)
            entries, tile = (read(self.path / tile_name(kind, start // WIDTH, width)) for kind in ("entries", "0"))
            self.bundle += [*(some if all(some := [*split_bundle(BytesIO(entries))]) else []), *[b""] * width][:width]
            self.tile += (chunks(tile, 32) + [b""] * width)[:width]
        told = zip(map(leaf_hash, self.bundle), self.tile, self.index, map(header_at, self.bundle), strict=True)
        self.known = [header if leaf in (tile, place and place.leaf) else None for leaf, tile, place, header in told]
        self.by_id = {one.id: seq for told in (self.index, self.known) for seq, one in enumerate(told) if one}
        self.expected, self.named = 0, set(self.by_id.values())

    def walk(self, number: int, data: bytes, *, last: bool) -> None:
        """Entries by their identifiers; where a header is hurt, by the length that its bundle gives."""
        at, pending, name = 0, list[int](), f"packs/{number:06d}.pack"

        def plausible(at: int) -> bool:
            return at == len(data) or header_at(data, at, packed=True) is not None or data[at : at + 4] == b"MNC1"

        def fitting(seq: int, own: Header | None) -> Header | None:
            """What stands here of an entry, its stub or all of it, by what follows: a commit frame ends a pack."""
            known = self.known[seq] if 0 <= seq < self.size else None
            forms = [known._replace(stub=True) if known and known.kind != ACTION else None, own, known]
            return next((form for form in forms if form and at + taken(form) < len(data) and plausible(at + taken(form))), own)

        while at < len(data):
            head = header_at(data, at, packed=True)
            seq = self.by_id.get(head.id, self.expected if self.expected not in self.named else -1) if head else -1
            hurt = fitting(self.expected, None) if seq < 0 and data[at : at + 4] != b"MNC1" else None
            commit = seq < 0 and pending and not hurt and (data[at : at + 4] == b"MNC1" or plausible(at + COMMIT_BYTES))
            seq, head = (self.expected, hurt) if hurt else (seq, fitting(seq, head))
            if head and seq >= 0 and at + taken(head) <= len(data):
                middle, end, magic = at + head.length - head.payload, at + taken(head), data[at : at + 4]
                whole = data[at:middle] + (data[middle:end] if head.stub else sha256(data[middle:end]).digest())
                leaf = leaf_hash(b"MNR1" * (magic == b"MNS1") + whole[4:] if head.stub else whole)
                frame = Frame(number, at, head, leaf, data[at + HEADER.size : middle - 32])
                twice = self.frames.setdefault(seq, frame) is not frame
                self.add("duplicate-entry", f"{name} at byte {at}", head.id, when=twice)
                pending, self.expected, at = (pending, self.expected, end) if twice else ([*pending, seq], seq + 1, end)
            elif commit and at + COMMIT_BYTES <= len(data):
                self.groups.append((number, at, pending))
                pending, at = [], at + COMMIT_BYTES
            else:
                start, heads = at, ((one.start(), header_at(data, one.start(), packed=True)) for one in ENTRY.finditer(data, at + 1))
                at = next((one for one, found in heads if found and found.id in self.by_id), len(data))
                torn = last and at == len(data) and self.expected >= self.size
                self.add("torn-tail" if torn else "damaged-pack", f"{name}, bytes {start} to {at}", when=not (torn and pending))
                pending = pending if at == len(data) else []
        if pending:
            torn = last and pending[0] >= self.size
            self.add("torn-tail" if torn else "damaged-commit", f"{name}, after entry {pending[-1]}")
            self.frames = {seq: frame for seq, frame in self.frames.items() if not torn or seq not in pending}

    def settle(self) -> None:
        """The list that gives the signed root is the truth; which frames differ from it."""
        count = max(self.size, max(self.frames, default=-1) + 1)
        own = [self.frames[seq].leaf if seq in self.frames else b"" for seq in range(count)]
        bundled = [leaf_hash(entry) if entry else b"" for entry in self.bundle]
        told = [own[: self.size], bundled, self.tile, [place.leaf if place else b"" for place in self.index]]
        right = next((one for one in told if self.head and Tree(one).root(0, self.size) == self.head.root), None)
        mixed = [next(filter(None, (b, t, i, o)), bytes(32)) for o, b, t, i in zip(*told, strict=True)]
        self.leaves = (right or mixed) + own[self.size :]
        self.tree, self.places, self.orders, before = Tree(self.leaves), list[Place](), dict[str, int](), (0, 0)
        for seq, leaf in enumerate(self.leaves):
            frame, place = self.frames.get(seq), self.index[seq] if seq < self.size else None
            place = place if place and place.leaf == leaf else None
            header = self.known[seq] if seq < self.size and bundled[seq] == leaf else None
            clear = self.bundle[seq][HEADER.size :][: header.clear] if header else frame.clear if frame else b""
            header = header or (frame.header if frame else None)
            kind, record = (header.kind, header.id) if header else (place.kind, place.id) if place else (RECORD, b"")
            there = (frame.pack, frame.at) if frame else before
            self.add("missing-entry" if not frame else "damaged-action" if kind == ACTION else "damaged-record", f"entry {seq}", record, when=not frame or frame.leaf != leaf)
            self.add("moved-entry", f"entry {seq}", record, when=there < before)
            before = max(before, there)
            self.places.append(Place(kind, *((place.pack, place.at) if place else there if frame else (0, 0)), record, leaf))
            if kind == ACTION and action(clear).get("tag") == "vault:record:erased":
                self.orders.setdefault(str(action(clear).get("record")), seq)

    def check_groups(self) -> None:
        """Every commit frame is made again and compared; the last group, if no checkpoint covers it, may be torn."""
        pack, at, (start, *_) = (self.groups or [(0, 0, [-1])])[-1]
        ends = self.head and start >= self.size and (pack, at + COMMIT_BYTES) == max((n, len(one)) for n, one in self.data.items())
        self.tail = start if ends else len(self.leaves)
        chain = sha256(b"muniment/ledger/v1" + self.name).digest()
        for number, at, seqs in self.groups:
            found, first, end, before = self.data[number][at : at + COMMIT_BYTES], seqs[0], seqs[0] + len(seqs), chain
            chain = found[COMMIT.size :]
            if seqs == list(range(first, end)):
                body = COMMIT.pack(b"MNC1", 1, len(seqs), first, sum(self.frames[seq].header.length for seq in seqs), self.tree.root(0, end), before)
                chain = sha256(b"".join((body, *self.leaves[first:end]))).digest()
                self.add("damaged-commit" if first < self.tail else "torn-tail", f"packs/{number:06d}.pack, commit frame at byte {at}", when=found != body + chain)

    def check_keys(self, orders: dict[str, int]) -> None:
        """The form of batches and slots, and that each empty slot has its order.

        A last group that no checkpoint covers and whose keys never reached the disk was never acknowledged: no fault.
        """
        name, count, reached, owner, lost, start = b"\x00" + self.name + b"\x00", len(self.leaves), 0, dict[int, tuple[int, int]](), False, self.tail
        for at, raw in enumerate(chunks(read(self.path / f"{self.keys}.batches"), ONE)):
            if reached >= count or len(raw) < ONE or (reached >= start and not any(raw)):
                self.add("torn-tail", f"{self.keys}.batches, beyond the last entry")
                break
            first, held, epoch, version, zero, _, check = BATCH.unpack(raw)
            own = sha256(b"muniment/key-batch/v1" + name + at.to_bytes(8, "little") + raw[:48]).digest()[:16]
            lost = check != own or (version, zero) != (1, 0) or (first != reached and not lost)
            self.add("damaged-batch", f"{self.keys}.batches, batch {at}", when=lost)
            owner |= {} if lost else dict.fromkeys(range(first, min(first + held, count)), (at, epoch))
            reached = reached if lost else first + held
        slots, own_batch = chunks(keys := read(self.path / f"{self.keys}.keys"), ONE), not start or owner.get(start - 1) != owner.get(start)
        empty = (place.id for place, raw in zip(self.places[start:], slots[start:], strict=False) if raw == bytes(ONE))
        short = len(keys) < count * ONE or start <= reached < count or any(record_text(one) not in orders for one in empty)
        self.count = count = start if own_batch and short and not lost else count
        self.add("torn-tail", f"{self.keys}.keys, beyond the last entry", when=max(len(slots), len(self.leaves)) > count)
        for seq, place in enumerate(self.places[:count]):
            raw, ordered = slots[seq] if seq < len(slots) else b"", orders.get(record_text(place.id), count) < count
            state, version, epoch, number, _, check = SLOT.unpack(raw.ljust(ONE, b"\x00"))
            own = sha256(b"muniment/key-slot/v1" + name + seq.to_bytes(8, "little") + raw[:56]).digest()[:8]
            wrong = check != own or len(raw) != ONE or (state, version) != (1, 1) or owner.get(seq, (number, epoch)) != (number, epoch)
            self.add("stub-without-order", f"entry {seq}", place.id, when=(frame := self.frames.get(seq)) and frame.header.stub and frame.leaf == place.leaf and not ordered)
            self.add("damaged-batch", f"entry {seq}", place.id, when=seq not in owner)
            self.add("lost-key", f"entry {seq}", place.id, when=raw == b"" or (raw == bytes(ONE) and not ordered))
            self.add("damaged-slot" if wrong else "undestroyed-key", f"entry {seq}", place.id, when=raw not in {b"", bytes(ONE)} and (wrong or ordered))

    def check_derived(self, nested: set[str]) -> None:
        """Tiles, bundles and index are what the leaves give; no file is of no one's."""
        there = {"/".join(path.parts[len(self.path.parts) :]) for path in self.path.rglob("*") if not path.is_dir()}
        for name in sorted(one for one in there if one[:12] not in nested):
            if tile := TILE.fullmatch(name):
                data, height, width = read(self.path / name), int(tile[1].replace("entries", "0")), int(tile[3] or WIDTH)
                first, step = int(re.sub("[x/]", "", tile[2])) * WIDTH, 1 << 8 * height
                if width > WIDTH or (first + width) * step > len(self.leaves):
                    self.add("extra-file", name)
                    continue
                found = chunks(data, 32) if tile[1] != "entries" else list(map(leaf_hash, some)) if all(some := [*split_bundle(BytesIO(data))]) else []
                self.add("damaged-tile", f"{name}: its length is wrong", when=len(found) != width)
                for at, leaf in enumerate(found[:width], first):
                    self.add("damaged-tile", f"{name}, {at}", b"" if height else self.places[at].id, when=leaf != self.tree.root(at * step, (at + 1) * step))
            elif not FILE.fullmatch(name) and not ANCHOR.fullmatch(name) and name not in {f"{self.keys}.keys", f"{self.keys}.batches"}:
                self.add("torn-tail" if LEFT.fullmatch(name) and (not name.endswith(".keys") or name < self.keys) else "extra-file", name)
        for kind, full, part in [(kind, *divmod(self.size >> 8 * level, WIDTH)) for kind, level in [("entries", 0), *((str(level), level) for level in range(8))]]:
            for number, width in [(number, WIDTH) for number in range(full)] + [(full, part)] * bool(part):
                self.add("damaged-tile", f"{tile_name(kind, number, width)} is missing", when=tile_name(kind, number, width) not in there)
        index = read(self.path / "index")
        self.add("damaged-index", f"index has {len(index)} bytes", when=not self.size * ONE <= len(index) <= len(self.places) * ONE or len(index) % ONE)
        for seq, (raw, place) in enumerate(zip(chunks(index, ONE), self.places, strict=False)):
            body = PLACE.pack(place.kind << 24 | place.pack, place.at, place.id, place.leaf)
            self.add("damaged-index", f"index, entry {seq}", place.id, when=len(raw) == ONE and raw != body + sha256(b"muniment/index/v1" + body).digest()[:8])

    def check_anchors(self, excused: Any) -> None:
        """Heads that were kept elsewhere are heads of this ledger; stamps are of one of them."""
        mine = [path for path in self.trust.checkpoint if (shard_of(read(path).decode("utf-8", "replace").split("\n")[0]) or 1) == shard_of(self.origin)]
        for path in [*sorted(self.path.glob("anchors/*")), *mine]:
            match, note = ANCHOR.fullmatch(f"anchors/{path.name}"), Note.parse(data := path.read_bytes(), self.key)
            believed = not match or match[4] != "cosigned" or not self.trust.witness or any(note.signed_by(key) for key in self.trust.witness if note)
            stamp, right = match and match[4] == "tsr", note and believed and (not match or int(match[1]) == note.size)
            right = self.stamped(path, path.with_name(f"{match[1]}.checkpoint"), match[2]) if match and stamp else right
            bad, count = path.name != "aside" and (not right or (match and sha256(data).hexdigest()[:16] != match[3])), len(self.leaves)
            self.add("bad-anchor" if match else "bad-signature", f"anchors/{path.name}", when=bad)
            if note and not bad and not excused(note):
                self.add("rolled-back", f"{path.name} has {note.size} entries, the packs {count}", when=note.size > count)
                self.add("rewritten", f"{path.name} signs another ledger", when=note.size <= count and self.tree.root(0, min(note.size, count)) != note.root)

    def stamped(self, token: Path, head: Path, time: str) -> bool:
        """Whether openssl believes a stamp as of its time under one of the roots; without a root, nobody is asked."""
        runs = (subprocess.run(["openssl", "ts", "-verify", "-in", token, "-data", head, "-attime", str(int(time)), "-CAfile", pem], capture_output=True, check=False) for pem in self.trust.root)
        return sha256(read(head)).digest() in token.read_bytes() and (not self.trust.root or any(run.returncode == 0 for run in runs))

def check(path: Path, trust: argparse.Namespace) -> list[Vault]:
    """All shards of an organisation, and whether each follows the one before."""
    folders = {1: path} | {int(one.parts[-3]): one.parents[1] for one in sorted(path.glob("shards/[0-9][0-9][0-9][0-9]/log/checkpoint")) if one.parts[-3] > "0001"}
    vaults = {shard: Vault(folder, path.name if shard == 1 else f"{path.name}/{shard}", trust) for shard, folder in folders.items()}
    begun, base, lost = [shard for shard, one in vaults.items() if one.leaves or shard < max(vaults) or shard == 1], 0, list[tuple[int, int, int, int]]()
    for before, after in itertools.pairwise(begun):
        old, new, start, base = vaults[before], vaults[after], base, base + len(vaults[before].leaves)
        if "range" in (opened := follows(old.span, new.span, base)):
            lost.append((before, after, opened["range"][0] - start, opened["range"][1] - start))
        new.add("broken-chain", f"shard {after} does not follow shard {before}", when=old.sound and (not old.head or old.head.size < len(old.leaves) or (new.sound and not opened)))

    def excused(note: Note) -> bool:
        """Whether a head is of entries that a restore has declared lost."""
        return any(first < note.size <= end + 1 if shard_of(note.origin) == old else old < shard_of(note.origin) < new and note.size <= end - first for old, new, first, end in lost)

    heads = [note.origin for one in trust.checkpoint if (note := Note.parse(read(one), None)) and not excused(note)]
    missing = set(map(shard_of, heads + [key.name for key in [trust.ledger_key] if key])) - {0, *begun}
    last, following = vaults[begun[-1]], Key.parse(str(vaults[begun[-1]].span.last.get("next")))
    ids, later = {place.id for one in vaults.values() for place in one.places}, dict[str, int]()
    for shard, one in reversed(vaults.items()):
        orders = one.orders | later
        for record in [each for each in ids if record_text(each) in orders]:
            orders |= dict.fromkeys(map(record_text, itertools.takewhile(ids.__contains__, (segment_id(record, number) for number in range(len(ids))))), orders[record_text(record)])
        one.check(orders, excused, {f"shards/{each:04d}/" for each in (*vaults, shard_of(following.name) if following else 0) if shard == 1})
        later |= {order: -1 for order, seq in one.orders.items() if seq < one.count}
    last.add("missing-shard", f"shard {missing or following}", when=missing or (last.span.last.get("tag") == FROZEN and last.count == len(last.leaves)))
    return list(vaults.values())

def content_of(key: bytes, sealed: bytes, head: bytes) -> bytes | None:
    """What was sealed; None where this Python can decompress no zstd."""
    packed = AESGCM(key).decrypt(bytes(12), sealed, head)
    there = [name for name in ("compression.zstd", "zstandard") if importlib.util.find_spec(name.partition(".")[0])]
    return bytes(importlib.import_module(there[0]).decompress(packed)) if there else None

def told(path: Path, base: int, record: str) -> tuple[list[bytes], list[tuple[int, dict[str, Any]]], list[dict[str, Any]], bool]:
    """Of a file of leaf data: the hashes, what may have opened the record, the first and the last, whether all are entries."""
    hashes, acts, ends, entries = list[bytes](), list[tuple[int, dict[str, Any]]](), list[dict[str, Any]](), True
    with (path if path.is_file() else Path("/dev/null")).open("rb") as stream:
        for seq, leaf in enumerate(split_bundle(stream), base):
            act, entries = told_by(leaf), entries and header_at(leaf) is not None
            acts += [(seq, act)] * ((act.get("tag"), act.get("record")) == ("vault:record:opened", record) or act.get("tag") == "vault:records:examined")
            hashes.append(leaf_hash(leaf))
            ends = [*ends[:1], act]
    return hashes, acts, ends or [{}], entries

def digest(path: Path, how: str) -> bytes:
    with path.open("rb") as stream:
        return file_digest(stream, how).digest()

def check_bundle(path: Path, trusted: Key | None) -> dict[str, Any]:
    """The seven steps of docs/format.md; `holds` says that each passed."""
    files = {one.relative_to(path).as_posix() for one in path.rglob("*") if not one.is_dir()}
    head, bound, sealed, key, proof, checkpoint, ledger, listed = parts = [read(path / f"data/proof/{name}") for name in "head commitment ciphertext key tlog-proof checkpoint ledger-key openings.json".split()]
    stored, record = Key.parse(ledger.decode("utf-8", "replace")), record_text(head[20:36]) if header_at(head) else ""
    folders = {shard_of(stored.name) if stored else 0: "data/proof/"} | {int(one[18:22]): one[:23] for one in files if re.fullmatch(r"data/proof/shards/\d{4}/(entries|checkpoint|ledger-key)", one)}
    spans, leaves, acts, base, own, tree, signed, whole, sound = list[Span](), list[bytes](), list[tuple[int, dict[str, Any]]](), 0, range(0), Tree([]), bool(stored), bool(stored), True
    for shard, under in sorted(folders.items()):
        (some, opened, ends, entries), named = told(path / f"{under}entries", len(leaves), record), Key.parse(read(path / f"{under}ledger-key").decode("utf-8", "replace"))
        note, growing = Note.parse(read(path / f"{under}checkpoint"), trusted if trusted and named and trusted.name == named.name else named), Tree(some)
        span = Span(named, note.origin if note else "", len(some), growing.root(0, len(some)), ends[0], ends[-1])
        base = base if spans else int(span.first.get("sequence") or 0) * (span.first.get("tag") == OPENED)
        linked = follows(spans[-1], span, base + len(leaves)) if spans else shard < 2 or base
        signed, sound, whole = signed and note is not None, sound and entries, bool(whole and linked and note and (shard_of(note.origin), *note[2:4]) == (shard, span.size, span.root))
        own, tree = (range(len(leaves), len(leaves) + len(some)), growing) if under == "data/proof/" else (own, tree)
        spans, acts, leaves = [*spans, span], acts + opened, leaves + some
    leaf, known = leaf_hash(head + bound + sha256(sealed).digest()), set(leaves)
    place = leaves.index(leaf, own.start, own.stop) - own.start if leaf in leaves[own.start : own.stop] else -1
    openings = [{"sequence": base + at, "action": act} for at, act in acts if "record" in act or act.get("range", [1])[0] <= base + own.start + place <= act.get("range", [0])[-1]]

    def listing(names: set[str]) -> bytes:
        return "".join(f"{digest(path / name, 'sha512').hex()}  {name}\n" for name in sorted(names)).encode()

    def original() -> bool:
        text, data, pieces = read(path / "data/metadata.json"), content_of(key, sealed, head), sorted(one for one in files if one.startswith("data/proof/segments/"))
        text, right, opened, whole = struct.pack("<I", len(text)) + text, True, sha256(), path / "data/original"
        for at, raw in enumerate(read(path / one) for one in pieces):  # the bytes stand in segments of their own
            right = right and segment_id(head[20:36], at) == raw[20:36] and leaf_hash(raw[:36] + bound + sha256(raw[36:]).digest()) in known
            opened.update(AESGCM(key).decrypt(struct.pack("<7xIB", at + 1, at + 1 == len(pieces)), raw[36:], raw[:36]))
        extent, right = struct.pack("<QI32s", whole.stat().st_size, len(pieces), opened.digest()), right and (not head[7] or opened.digest() == digest(whole, "sha256"))
        return right and bool(pieces) == bool(head[7]) and data in {None, text + (extent if head[7] else whole.read_bytes())}

    def proved() -> bool:
        return place >= 0 and proof == f"c2sp.org/tlog-proof@v1\nindex {place}\n{''.join(f'{base64.b64encode(node).decode()}\n' for node in tree.path(place, 0, len(own)))}\n".encode() + checkpoint

    tags = files - (payload := {name for name in files if name.startswith("data/")}) - {"tagmanifest-sha512.txt"}
    steps: dict[str, Any] = {
        "The bag is whole": lambda: all(parts) and [read(path / f"{one}.txt") for one in TAGS] == [listing(payload), listing(tags), BAGIT],
        "The key is the one committed to": lambda: sha256(b"muniment/key-commitment/v1" + key).digest() == bound,
        "The ciphertext is the original": original,
        "The entry is in the ledger": proved,
        "The checkpoint is signed": lambda: signed and trusted in {None, *(span.key for span in spans)},
        "The leaves are the whole ledger": lambda: whole and spans[-1].last.get("tag") != FROZEN,
        "The openings are all there are": lambda: sound and json.loads(listed) == openings,
    }
    checks = []
    for name, step in steps.items():
        try:
            checks.append({"name": name, "passed": bool(step()), "detail": ""})
        except Exception as error:  # whatever it is, the step has not passed
            checks.append({"name": name, "passed": False, "detail": type(error).__name__})
    return {"holds": all(one["passed"] for one in checks), "leaves": len(leaves), "openings": len(openings), "ledger_key": ledger.decode("utf-8", "replace").strip(), "record": record, "checks": checks}

def main() -> int:
    """Check what the arguments name; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    many, one, flag = dict[str, Any](type=Path, action="append", default=[]), dict[str, Any](type=Path), dict[str, Any](action="store_true")
    for name, how in {"path": one, "--ledger-key": one, "--checkpoint": many, "--witness": many, "--root": many, "--bundle": flag, "--json": flag}.items():
        parser.add_argument(name, **how)
    chosen = parser.parse_args()
    vaults = sorted(chosen.path.glob("vault/org_*")) or [chosen.path] * (chosen.path / "log").is_dir()
    keys = [Key.parse(path.read_text()) for path in [chosen.ledger_key] * bool(chosen.ledger_key) + chosen.witness]
    if not all(keys) or not (chosen.path.is_dir() if chosen.bundle else vaults):
        parser.error(f"a key is no verifier key, or there is nothing to check at {chosen.path}")
    chosen.ledger_key, chosen.witness = keys[0] if chosen.ledger_key else None, keys[bool(chosen.ledger_key) :]
    if chosen.bundle:
        result = check_bundle(chosen.path, chosen.ledger_key)
        failed = [f"{one['name']}: NO {one['detail']}" for one in result["checks"] if not one["passed"]]
    else:
        found = [one for path in vaults for one in check(path.resolve(), chosen)]
        faults = [dict(zip(("kind", "record", "advice"), fault, strict=True)) for vault in found for fault in vault.faults]
        result = {"records": sum(place.kind == RECORD for vault in found for place in vault.places), "leaves": sum(len(vault.places) for vault in found), "faults": faults}
        failed = [" ".join(fault.values()) for fault in faults]
    print(json.dumps(result, ensure_ascii=False) if chosen.json else "\n".join(failed) or "Sound.")
    return 1 if failed else 0

if __name__ == "__main__":
    raise SystemExit(main())
