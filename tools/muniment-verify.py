#!/usr/bin/env python3
"""A second reader of the vault, for auditors: it shares no line with Muniment and needs none of it.

    muniment-verify.py HOME_OR_VAULT [--ledger-key FILE] [--checkpoint FILE] [--witness KEY] [--root PEM] [--json]
    muniment-verify.py --bundle FOLDER_OR_ZIP [--ledger-key FILE] [--json]

Written from docs/format.md. Needs Python 3.12 and `cryptography`; `zstandard` to decompress what a bundle holds,
where Python has no zstd; `openssl` to check time stamps with --root. No secret, no network; changes nothing.
Stop the server first, or give it a copy. Exit status: 0 sound, 1 a fault, 2 wrong use.
"""

import argparse
import base64
import importlib
import json
import re
import struct
import subprocess
import sys
import zipfile
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

HEADER, COMMIT = struct.Struct("<4sBBBBIQ16s"), struct.Struct("<4sB3xI4xQQ32s32s")
PLACE, SLOT, BATCH = struct.Struct("<II16s32s"), struct.Struct("<BBHI48s8s"), struct.Struct("<QIHBB32s16s")
RECORD, ACTION, ONE, WIDTH, COMMIT_BYTES = 1, 2, 64, 256, 128
TILE = re.compile(r"log/tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?")
ANCHOR = re.compile(r"anchors/(\d{12})-(\d{12})-([a-z0-9_.]+)-([0-9a-f]{16})\.(tsr|cosigned|mailed)")
FILE = re.compile(r"packs/\d{6}\.pack|keys/000001\.(keys|batches)|log/(checkpoint|ledger-key)|index|anchors/.+\.checkpoint")
KEYS, REBUILD = "Restore the newest generation of key backups.", "Make it again: muniment verify --rebuild."
ADVICE = {"damaged-batch": KEYS, "damaged-slot": KEYS, "lost-key": KEYS, "damaged-index": REBUILD, "damaged-tile": REBUILD}
ADVICE |= {"torn-tail": "Harmless after a sudden stop.", "undestroyed-key": "Start the server: it destroys it."}
BACKUP = "Restore it from a backup; where that shows the same, keep everything as it is and investigate."
MEMBERS = "head commitment ciphertext key tlog-proof checkpoint ledger-key entries openings.json".split()
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
STEPS = """The bag is whole
The key is the one committed to
The ciphertext is the original
The entry is in the ledger
The checkpoint is signed
The leaves are the whole ledger
The openings are all there are""".split("\n")
Header = NamedTuple("Header", [("kind", int), ("clear", int), ("payload", int), ("id", bytes), ("length", int)])
Frame = NamedTuple("Frame", [("pack", int), ("at", int), ("header", Header), ("leaf", bytes), ("clear", bytes)])
Place = NamedTuple("Place", [("kind", int), ("pack", int), ("at", int), ("id", bytes), ("leaf", bytes)])


class Bad(Exception):  # noqa: N818 - a finding, not a failure of this program
    """Something is not as the format says."""


class Tree:
    """A Merkle tree over leaf hashes (RFC 6962); larger subtrees are remembered."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = leaves
        self.known: dict[tuple[int, int], bytes] = {}

    def root(self, first: int, last: int) -> bytes:
        if last - first < 2:
            return self.leaves[first] if last > first else sha256(b"").digest()
        if (first, last) not in self.known:
            middle = first + (1 << (last - first - 1).bit_length() - 1)
            node = sha256(b"\x01" + self.root(first, middle) + self.root(middle, last)).digest()
            if last - first < WIDTH:
                return node
            self.known[first, last] = node
        return self.known[first, last]


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def header_at(data: bytes, at: int = 0) -> Header | None:
    if len(data) - at < HEADER.size:
        return None
    magic, version, kind, codec, flags, clear, payload, raw = HEADER.unpack_from(data, at)
    fixed = (magic, version, codec, flags) == (b"MNR1", 1, 1, 0) and 16 <= payload <= 1 << 30
    right = fixed and ((kind == ACTION and clear <= 1 << 14) or (kind == RECORD and not clear))
    return Header(kind, clear, payload, raw, HEADER.size + clear + 32 + payload) if right else None


def chunks(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def split_bundle(data: bytes) -> list[bytes]:
    entries, at = list[bytes](), 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start])
        if at > len(data):
            return []  # its lengths do not fit
        entries.append(data[start:at])
    return entries


def tile_name(level: str, number: int, width: int) -> str:
    above = f"x{number // 1000000:03d}/x{number // 1000 % 1000:03d}/" if number >= 1000000 else f"x{number // 1000:03d}/"
    part = f".p/{width}" if width < WIDTH else ""
    return f"log/tile/{level}/{above if number >= 1000 else ''}{number % 1000:03d}{part}"


def record_text(raw: bytes) -> str:
    return "rec_" + base64.b32encode(raw).decode().rstrip("=").lower() if raw else ""


def read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def action(clear: bytes) -> dict[str, Any]:
    try:
        value = json.loads(clear)
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) and text == clear else {}  # canonical JSON has one form


def plain(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Bad("it is not base64") from error
    if base64.b64encode(raw).decode() != text:
        raise Bad("it is not base64 in its only form")
    return raw


class Key(NamedTuple):
    """A verifier key (c2sp.org/signed-note): name, type (1 ledger, 4 witness), Ed25519."""

    name: str
    kind: int
    public: bytes

    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes((self.kind,)) + self.public).digest()[:4]

    @classmethod
    def parse(cls, text: str) -> "Key":
        name, stated, coded = [*text.strip().split("+", 2), "", ""][:3]
        key = cls(name, (plain(coded) or b"\x00")[0], plain(coded)[1:])
        if key.kind not in {1, 4} or len(key.public) != 32 or key.id().hex() != stated:
            raise Bad("it is no verifier key")
        return key


class Note(NamedTuple):
    """A checkpoint (c2sp.org/tlog-checkpoint) and its signature lines, as (name, key id ‖ signature)."""

    body: str
    origin: str
    size: int
    root: bytes
    lines: list[tuple[str, bytes]]

    @classmethod
    def parse(cls, data: bytes) -> "Note":
        body, mark, tail = data.decode("utf-8", "replace").partition("\n\n")
        match = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)", body)
        lines = [re.fullmatch("\u2014 ([^ \n]+) ([^ \n]+)", line) for line in tail[:-1].split("\n")]
        if not match or not mark or not tail.endswith("\n") or not all(lines):
            raise Bad("it is no checkpoint")
        signatures = [(line[1], plain(line[2])) for line in lines if line]
        return cls(body + "\n", match[1], int(match[2]), plain(match[3]), signatures)

    def signed_by(self, key: Key) -> bool:
        mine = [raw[4:] for name, raw in self.lines if (name, raw[:4]) == (key.name, key.id())]
        for raw in mine:
            timed = f"cosignature/v1\ntime {int.from_bytes(raw[:8])}\n" if key.kind == 4 else ""
            try:
                public = Ed25519PublicKey.from_public_bytes(key.public)
                public.verify(raw[8:] if timed else raw, (timed + self.body).encode())
            except (InvalidSignature, ValueError) as error:
                raise Bad(f"the signature of {key.name} does not verify") from error
        return bool(mine)


def open_note(data: bytes, key: Key) -> Note:
    note = Note.parse(data)
    if note.origin != key.name or not note.signed_by(key):
        raise Bad("it is not signed by the ledger key")
    return note


class Vault:
    """One organisation's vault while it is checked; `trust` is what the auditor brought."""

    def __init__(self, path: Path, trust: argparse.Namespace) -> None:
        self.path, self.trust, self.name = path, trust, path.name.encode()
        self.faults: dict[tuple[str, str, str], None] = {}
        self.data = {int(file.stem): file.read_bytes() for file in path.glob("packs/" + "[0-9]" * 6 + ".pack")}
        self.check_head()
        self.gather()
        self.frames: dict[int, Frame] = {}
        self.groups: list[tuple[int, int, list[int]]] = []
        for number in range(1, max(self.data, default=0) + 1):
            if number not in self.data:
                self.add("missing-file", f"packs/{number:06d}.pack")
            self.walk(number, self.data.get(number, b""), last=number == max(self.data))
        self.settle()
        self.check_groups()
        self.check_keys()
        if self.size > len(self.leaves):
            self.add("rolled-back", f"{len(self.leaves)} entries, and the checkpoint has {self.size}")
        elif not self.head or self.tree.root(0, self.size) == self.head.root:
            self.check_derived()
        elif not self.faults:
            self.add("rewritten", f"the root over {self.size} entries is not the signed one")
        self.check_anchors()

    def add(self, kind: str, where: str, raw: bytes = b"") -> None:
        self.faults[kind, record_text(raw), f"{where}: {ADVICE.get(kind, BACKUP)}"] = None

    def check_head(self) -> None:
        self.key, self.head = self.trust.ledger_key, None
        note, text = read(self.path / "log/checkpoint"), read(self.path / "log/ledger-key").decode("utf-8", "replace")
        try:
            stored = Key.parse(text)
            self.key = self.key or stored
            if stored.name != f"muniment/{self.path.name}" or stored != self.key or text != text.strip() + "\n":
                raise Bad("it is not this vault's")
        except Bad as error:
            self.add("damaged-ledger-key", f"log/ledger-key: {error}")
        try:
            self.head = Note.parse(note) if note else None
            if not note:
                self.add("missing-checkpoint", "log/checkpoint")
            elif self.key is None or len(Note.parse(note).lines) != 1:
                self.add("bad-signature", "log/checkpoint: no key for it, or not one signature")
            else:
                self.head = None
                self.head = open_note(note, self.key)
        except Bad as error:
            self.add("bad-signature", f"log/checkpoint: {error}")

    def gather(self) -> None:
        """What entry bundles, leaf tiles and index say of the published entries; none of it believed yet."""
        self.index = list[Place | None]()
        for raw in chunks(read(self.path / "index"), ONE):
            word, at, record, leaf = PLACE.unpack(raw[:56].ljust(56, b"\x00"))
            right = sha256(b"muniment/index/v1" + raw[:56]).digest()[:8] == raw[56:]
            self.index.append(Place(word >> 24, word & 0xFFFFFF, at, record, leaf) if right else None)
        self.size = self.head.size if self.head else len(self.index)
        self.index = (self.index + [None] * self.size)[: self.size]
        self.bundle, self.tile = list[bytes](), list[bytes]()
        for start in range(0, self.size, WIDTH):
            width = min(WIDTH, self.size - start)
            entries, tile = (read(self.path / tile_name(kind, start // WIDTH, width)) for kind in ("entries", "0"))
            self.bundle += (split_bundle(entries) + [b""] * width)[:width]
            self.tile += (chunks(tile, 32) + [b""] * width)[:width]
        self.known = [header_at(entry) for entry in self.bundle]
        self.by_id = {place.id: seq for seq, place in enumerate(self.index) if place}
        self.by_id |= {header.id: seq for seq, header in enumerate(self.known) if header}
        self.expected = 0

    def walk(self, number: int, data: bytes, *, last: bool) -> None:
        """Entries by their identifiers; where a header is hurt, by the length that the bundles give."""
        at, pending, named, name = 0, list[int](), set(self.by_id.values()), f"packs/{number:06d}.pack"

        def recognised(at: int) -> bool:
            return at == len(data) or header_at(data, at) is not None or data[at : at + 4] == b"MNC1"

        while at < len(data):
            head, hurt = header_at(data, at), self.known[self.expected] if self.expected < self.size else None
            seq = self.by_id.get(head.id, -1) if head else -1
            seq = self.expected if head and seq < 0 and self.expected not in named else seq
            if not head or not recognised(at + head.length):
                head = (self.known[seq] if 0 <= seq < self.size else None) or head
            if seq < 0 and pending and data[at : at + 4] != b"MNC1":
                commit = recognised(at + COMMIT_BYTES) and not (hurt and recognised(at + hurt.length))
            else:
                commit = seq < 0 and bool(pending)
            if seq < 0 and not commit and hurt and recognised(at + hurt.length):
                seq, head = self.expected, hurt
            if head and seq >= 0 and at + head.length <= len(data):
                middle, end = at + head.length - head.payload, at + head.length
                leaf = leaf_hash(data[at:middle] + sha256(data[middle:end]).digest())
                frame = Frame(number, at, head, leaf, data[at + HEADER.size : middle - 32])
                if self.frames.setdefault(seq, frame) is frame:
                    pending.append(seq)
                    self.expected = seq + 1
                else:
                    self.add("duplicate-entry", f"{name} at byte {at}", head.id)
                at = end
            elif commit and at + COMMIT_BYTES <= len(data):
                self.groups.append((number, at, pending))
                pending, at = [], at + COMMIT_BYTES
            else:
                at, start = data.find(b"MNR1", at + 1), at
                while at >= 0 and not ((head := header_at(data, at)) and head.id in self.by_id):
                    at = data.find(b"MNR1", at + 1)
                at = at if at >= 0 else len(data)
                torn = last and at == len(data) and self.expected >= self.size
                if not (torn and pending):
                    self.add("torn-tail" if torn else "damaged-pack", f"{name}, bytes {start} to {at}")
                pending = pending if at == len(data) else []
        if pending:
            torn = last and pending[0] >= self.size
            self.add("torn-tail" if torn else "damaged-commit", f"{name}, after entry {pending[-1]}")
            for seq in pending if torn else ():
                del self.frames[seq]

    def settle(self) -> None:
        """The list that gives the signed root is the truth; which frames differ from it."""
        count = max(self.size, max(self.frames, default=-1) + 1)
        own = [self.frames[seq].leaf if seq in self.frames else b"" for seq in range(count)]
        bundled = [leaf_hash(entry) if entry else b"" for entry in self.bundle]
        told = [own[: self.size], bundled, self.tile, [place.leaf if place else b"" for place in self.index]]
        right = next((one for one in told if self.head and Tree(one).root(0, self.size) == self.head.root), None)
        mixed = [next(filter(None, (b, t, i, o)), bytes(32)) for o, b, t, i in zip(*told, strict=True)]
        self.leaves = (right or mixed) + own[self.size :]
        self.tree, self.places, self.orders, before = Tree(self.leaves), list[Place](), set[str](), (0, 0)
        for seq, leaf in enumerate(self.leaves):
            frame, place = self.frames.get(seq), self.index[seq] if seq < self.size else None
            place = place if place and place.leaf == leaf else None
            header = self.known[seq] if seq < self.size and bundled[seq] == leaf else None
            clear = self.bundle[seq][HEADER.size :][: header.clear] if header else frame.clear if frame else b""
            header = header or (frame.header if frame else None)
            kind, record = (header.kind, header.id) if header else (place.kind, place.id) if place else (RECORD, b"")
            if frame is None:
                self.add("missing-entry", f"entry {seq}", record)
            elif frame.leaf != leaf:
                self.add("damaged-record" if kind == RECORD else "damaged-action", f"entry {seq}", record)
            if frame and (frame.pack, frame.at) < before:
                self.add("moved-entry", f"entry {seq}", record)
            before = max(before, (frame.pack, frame.at)) if frame else before
            where = (place.pack, place.at) if place else (frame.pack, frame.at) if frame else (0, 0)
            self.places.append(Place(kind, *where, record, leaf))
            if kind == ACTION and action(clear).get("tag") == "vault:record:erased":
                self.orders.add(str(action(clear).get("record")))

    def check_groups(self) -> None:
        """Every commit frame is made again and compared."""
        chain = sha256(b"muniment/ledger/v1" + self.name).digest()
        for number, at, seqs in self.groups:
            found, first, end = self.data[number][at : at + COMMIT_BYTES], seqs[0], seqs[0] + len(seqs)
            if seqs != list(range(first, end)):
                chain = found[COMMIT.size :]
                continue
            length = sum(self.frames[seq].header.length for seq in seqs)
            body = COMMIT.pack(b"MNC1", 1, len(seqs), first, length, self.tree.root(0, end), chain)
            chain = sha256(b"".join((body, *self.leaves[first:end]))).digest()
            if found != body + chain:
                self.add("damaged-commit", f"packs/{number:06d}.pack, commit frame at byte {at}")

    def check_keys(self) -> None:
        """The form of batches and slots, and that each empty slot has its order."""
        name, count, reached, batches = b"\x00" + self.name + b"\x00", len(self.leaves), 0, list[tuple[int, ...]]()
        for at, raw in enumerate(chunks(read(self.path / "keys/000001.batches"), ONE)):
            if reached >= count or len(raw) < ONE:
                self.add("torn-tail", "keys/000001.batches, beyond the last entry")
                break
            first, held, epoch, version, zero, _, check = BATCH.unpack(raw)
            own = sha256(b"muniment/key-batch/v1" + name + at.to_bytes(8, "little") + raw[:48]).digest()[:16]
            right = check == own and (version, zero) == (1, 0)
            right = right and (first == reached or not batches or not batches[-1])
            batches.append((first, held, epoch) if right else ())
            reached = first + held if right else reached
        reached = 0
        for at, batch in enumerate([*batches, (count, 0, 0)]):
            if not batch:
                self.add("damaged-batch", f"keys/000001.batches, batch {at}")
            for seq in range(reached, min(batch[0], count)) if batch else ():
                self.add("damaged-batch", f"entry {seq}", self.places[seq].id)
            reached = batch[0] + batch[1] if batch else reached
        slots = chunks(read(self.path / "keys/000001.keys"), ONE)
        if len(slots) > count:
            self.add("torn-tail", "keys/000001.keys, beyond the last entry")
        for seq, place in enumerate(self.places):
            raw, ordered = slots[seq] if seq < len(slots) else b"", record_text(place.id) in self.orders
            state, version, epoch, number, _, check = SLOT.unpack(raw.ljust(ONE, b"\x00"))
            own = sha256(b"muniment/key-slot/v1" + name + seq.to_bytes(8, "little") + raw[:56]).digest()[:8]
            batch = batches[number] if number < len(batches) else (count, 0, 0)
            belongs = not batch or (batch[0] <= seq < batch[0] + batch[1] and batch[2] == epoch)
            if not any(raw):
                if not (raw and ordered):
                    self.add("lost-key", f"entry {seq}", place.id)
            elif check != own or (state, version) != (1, 1) or not belongs:
                self.add("damaged-slot", f"entry {seq}", place.id)
            elif ordered:
                self.add("undestroyed-key", f"entry {seq}", place.id)

    def check_derived(self) -> None:
        """Tiles, bundles and index are what the leaves give; no file is of no one's."""
        there = {path.relative_to(self.path).as_posix() for path in self.path.rglob("*") if not path.is_dir()}
        for name in sorted(there):
            if tile := TILE.fullmatch(name):
                number, width, height = int(re.sub("[x/]", "", tile[2])), int(tile[3] or WIDTH), 0
                data, height = read(self.path / name), 0 if tile[1] == "entries" else int(tile[1])
                first, step = number * WIDTH, 1 << 8 * height
                if width > WIDTH or (first + width) * step > len(self.leaves):
                    self.add("extra-file", name)
                    continue
                right = [self.tree.root(at * step, (at + 1) * step) for at in range(first, first + width)]
                found = list(map(leaf_hash, split_bundle(data))) if tile[1] == "entries" else chunks(data, 32)
                if len(found) != width:
                    self.add("damaged-tile", f"{name}: its length is wrong")
                for at in range(width):
                    if found[at : at + 1] not in ([], [right[at]]):
                        self.add("damaged-tile", f"{name}, {first + at}", b"" if height else self.places[first + at].id)
            elif not FILE.fullmatch(name) and not ANCHOR.fullmatch(name):
                self.add("torn-tail" if name == "log/aside" else "extra-file", name)
        for kind in ["entries", *map(str, range(8))]:
            full, part = divmod(self.size >> 8 * int(kind if kind != "entries" else 0), WIDTH)
            for number, width in [(number, WIDTH) for number in range(full)] + [(full, part)] * bool(part):
                if tile_name(kind, number, width) not in there:
                    self.add("damaged-tile", f"{tile_name(kind, number, width)} is missing")
        index = chunks(read(self.path / "index"), ONE)
        if not self.size <= len(index) <= len(self.places) or len(index[-1:] and index[-1]) % ONE:
            self.add("damaged-index", f"index has {len(index)} entries")
        for seq, (raw, place) in enumerate(zip(index, self.places, strict=False)):
            body = PLACE.pack(place.kind << 24 | place.pack, place.at, place.id, place.leaf)
            if raw != body + sha256(b"muniment/index/v1" + body).digest()[:8]:
                self.add("damaged-index", f"index, entry {seq}", place.id)

    def check_anchors(self) -> None:
        """Heads that were kept elsewhere are heads of this ledger; their stamps are what their names say."""
        files = {path.relative_to(self.path).as_posix(): path.read_bytes() for path in self.path.glob("anchors/*")}
        stamped = {sha256(data).digest(): self.path / name for name, data in files.items() if name.endswith("t")}
        for name, data in [*sorted(files.items()), *((str(path), path.read_bytes()) for path in self.trust.checkpoint)]:
            match = ANCHOR.fullmatch(name)
            try:
                if match and sha256(data).hexdigest()[:16] != match[4]:
                    raise Bad("it is not the file that its name states")
                if match and match[5] == "tsr":
                    self.check_stamp(data, next((path for sum_, path in stamped.items() if sum_ in data), None))
                    continue
                note = Note.parse(data) if self.key is None else open_note(data, self.key)
                signed = [key for key in self.trust.witness if note.signed_by(key)]
                if match and match[5] == "cosigned" and self.trust.witness and not signed:
                    raise Bad("no witness that you named has signed it")
                if note.size > len(self.leaves):
                    self.add("rolled-back", f"{name} has {note.size} entries, the packs {len(self.leaves)}")
                elif self.tree.root(0, note.size) != note.root:
                    self.add("rewritten", f"{name} signs another ledger of {note.size} entries")
            except Bad as error:
                self.add("bad-anchor" if match else "bad-signature", f"{name}: {error}")

    def check_stamp(self, token: bytes, note: Path | None) -> None:
        if note is None:
            raise Bad("it stamps no checkpoint that is here")
        for pem in self.trust.root:
            command = ["openssl", "ts", "-verify", "-in", "/dev/stdin", "-data", str(note), "-CAfile", str(pem)]
            if subprocess.run(command, input=token, capture_output=True, check=False).returncode == 0:
                return
        if self.trust.root:
            raise Bad("no root that you named has issued it")


def decompress(packed: bytes) -> bytes | None:
    """The content; None where this Python can decompress no zstd."""
    for module in ("compression.zstd", "zstandard"):
        try:
            return bytes(importlib.import_module(module).decompress(packed))
        except ImportError:
            continue
        except Exception as error:  # each module has an error of its own
            raise Bad("what was sealed cannot be decompressed") from error
    return None


def proof_root(text: str, leaf: bytes, size: int, checkpoint: bytes) -> tuple[int, bytes]:
    """The sequence that a tlog-proof states, and the root that its path leads to (RFC 9162, 2.1.3.2)."""
    lines, _, note = text.partition("\n\n")
    match = re.fullmatch(r"c2sp\.org/tlog-proof@v1\nindex (0|[1-9][0-9]{0,18})((?:\n[A-Za-z0-9+/]{43}=)*)", lines)
    if not match or note.encode() != checkpoint or not int(match[1]) < size:
        raise Bad("it is no proof of this entry under this checkpoint")
    at, last = int(match[1]), size - 1
    for step in map(plain, match[2].split()):
        if not last:
            raise Bad("the proof is too long")
        left = at & 1 or at == last
        leaf = sha256(b"\x01" + (step + leaf if left else leaf + step)).digest()
        while left and at and not at & 1:
            at, last = at >> 1, last >> 1
        at, last = at >> 1, last >> 1
    if last:
        raise Bad("the proof is too short")
    return int(match[1]), leaf


def check_bundle(path: Path, trusted: Key | None) -> dict[str, Any]:
    """The seven steps of docs/format.md; `holds` says that each passed."""
    files: dict[str, bytes] = {}
    if path.is_file():
        with zipfile.ZipFile(path) as archive:
            names = [one.filename for one in archive.infolist() if not one.is_dir()]
            top = next((name[:-9] for name in names if name.endswith("bagit.txt")), "")
            files = {name.removeprefix(top): archive.read(name) for name in names}
    else:
        files = {one.relative_to(path).as_posix(): one.read_bytes() for one in path.rglob("*") if not one.is_dir()}
    part = {name: files.get(f"data/proof/{name}", b"") for name in MEMBERS}
    leaves, head, state = split_bundle(part["entries"]), header_at(part["head"]), dict[str, Any]()
    sealed = part["head"] + part["commitment"] + sha256(part["ciphertext"]).digest()

    def step(number: int) -> str:
        if number == 1:
            payload = {name for name in files if name.startswith("data/")}
            tags = files.keys() - payload - {"tagmanifest-sha512.txt"}
            for name, listed in (("manifest-sha512.txt", payload), ("tagmanifest-sha512.txt", tags)):
                right = "".join(f"{sha512(files[one]).hexdigest()}  {one}\n" for one in sorted(listed))
                if files.get(name) != right.encode() or files.get("bagit.txt") != BAGIT:
                    return f"{name} does not list these files"
            return "" if payload >= {f"data/proof/{name}" for name in MEMBERS} else "a file is missing"
        if number == 2:
            own = sha256(b"muniment/key-commitment/v1" + part["key"]).digest()
            return "" if own == part["commitment"] else "the key is another"
        if number == 3:
            content = decompress(AESGCM(part["key"]).decrypt(bytes(12), part["ciphertext"], part["head"]))
            statement, original = files["data/metadata.json"], files["data/original"]
            state["undecompressed"] = content is None
            right = content in {None, struct.pack("<I", len(statement)) + statement + original}
            return "" if right else "it is not what was sealed"
        if number == 5:
            stored = Key.parse(part["ledger-key"].decode("utf-8", "replace"))
            state["note"] = open_note(part["checkpoint"], trusted or stored)
            return "" if trusted in {None, stored} else "the ledger key in the bundle is another"
        note = open_note(part["checkpoint"], trusted or Key.parse(part["ledger-key"].decode("utf-8", "replace")))
        if number == 4:
            text = part["tlog-proof"].decode("utf-8", "replace")
            state["seq"], top_node = proof_root(text, leaf_hash(sealed), note.size, part["checkpoint"])
            right = head is not None and len(part["head"]) == HEADER.size + head.clear and top_node == note.root
            return "" if right else "the proof does not lead to the checkpoint"
        if number == 6:
            whole = len(leaves) == note.size and Tree([*map(leaf_hash, leaves)]).root(0, note.size) == note.root
            return "" if whole else "the entries are not those under the checkpoint"
        openings = []
        for seq, leaf in enumerate(leaves):
            one = header_at(leaf)
            if one is None or len(leaf) != HEADER.size + one.clear + 64:
                return f"entry {seq} is malformed"
            act = action(leaf[HEADER.size : HEADER.size + one.clear]) if one.kind == ACTION else {}
            first, last = act["range"] if act.get("tag") == "vault:records:examined" and "range" in act else (1, 0)
            opened = act.get("tag") == "vault:record:opened" and act.get("record") == record_text(head.id if head else b"")
            if opened or first <= state["seq"] <= last:
                openings.append({"sequence": seq, "action": act})
        return "" if json.loads(part["openings.json"]) == openings else "the list has other openings than the ledger"

    checks = []
    for number, name in enumerate(STEPS, 1):
        try:
            detail = step(number)
        except (Bad, InvalidTag, KeyError, TypeError, ValueError) as error:
            detail = f"{error or type(error).__name__}"
        checks.append({"name": name, "passed": not detail, "detail": detail})
    notes = ["Not decompressed: install zstandard."] if state.get("undecompressed") else []
    record, ledger = record_text(head.id) if head else "", part["ledger-key"].decode("utf-8", "replace").strip()
    listed = part["openings.json"].count(b'"sequence"')
    answer = {"record": record, "ledger_key": ledger, "leaves": len(leaves), "openings": listed, "checks": checks}
    return {"holds": all(check["passed"] for check in checks), **answer, "notes": notes}


def main() -> int:
    """Check what the arguments name; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, help="a home, one vault/org_…, or with --bundle an evidence bundle")
    for name, many in (("ledger-key", False), ("checkpoint", True), ("witness", True), ("root", True)):
        parser.add_argument(f"--{name}", type=Path, default=[] if many else None, action="append" if many else "store")
    for name in ("bundle", "json"):
        parser.add_argument(f"--{name}", action="store_true")
    chosen = parser.parse_args()
    try:
        chosen.ledger_key = chosen.ledger_key and Key.parse(chosen.ledger_key.read_text())
        chosen.witness = [Key.parse(path.read_text()) for path in chosen.witness]
    except (Bad, OSError, ValueError) as error:
        parser.error(f"{error}")
    if chosen.bundle:
        result: dict[str, Any] = check_bundle(chosen.path, chosen.ledger_key)
        failed = [f"{check['name']}: {check['detail']}" for check in result["checks"] if not check["passed"]]
    else:
        vaults = sorted(chosen.path.glob("vault/org_*")) or [chosen.path] * (chosen.path / "log").is_dir()
        if not vaults:
            parser.error(f"there is no vault at {chosen.path}")
        found = [Vault(path.resolve(), chosen) for path in vaults]
        records = sum(place.kind == RECORD for vault in found for place in vault.places)
        faults = [dict(zip(("kind", "record", "advice"), one, strict=True)) for vault in found for one in vault.faults]
        result = {"records": records, "leaves": sum(len(vault.leaves) for vault in found), "faults": faults}
        failed = [f"{fault['kind']} {fault['record']} {fault['advice']}" for fault in faults]
    print(json.dumps(result, ensure_ascii=False) if chosen.json else "\n".join(failed) or "Sound.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
