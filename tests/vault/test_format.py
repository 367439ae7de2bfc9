"""The test vector of docs/format.md, made again from that page with a hash and a cipher alone.

Nothing of the vault is used up to the last two tests, which compare it with the same vector.
"""

import base64
import json
import re
import struct
from hashlib import sha256
from pathlib import Path

import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from muniment.vault.checkpoint import Checkpoint, LedgerVerifier
from muniment.vault.content import pack_content
from muniment.vault.index import parse_place
from muniment.vault.packs import read_group
from muniment.vault.sealing import open_entry, unwrap_key
from muniment.vault.slots import BatchRecord, SlotCodec

PAGE = Path(__file__).parents[2] / "docs" / "format.md"
IN_TEXT = {"organisation", "ledger_key", "checkpoint"}


class Vector:
    """The values of the page, in bytes, or as text where they are text."""

    def __init__(self) -> None:
        block = re.search(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
        assert block
        self._values: dict[str, str] = json.loads(block[1])

    def text(self, name: str) -> str:
        return self._values[name]

    def __getitem__(self, name: str) -> bytes:
        return self._values[name].encode() if name in IN_TEXT else bytes.fromhex(self._values[name])


@pytest.fixture(scope="module")
def vector() -> Vector:
    return Vector()


def test_the_entry(vector: Vector):
    content = struct.pack("<I", len(vector["statement"])) + vector["statement"] + vector["original"]
    assert zstandard.decompress(vector["compressed"]) == content
    sealed = len(vector["compressed"]) + 16
    head = b"MNR1" + bytes((1, 1, 1, 0)) + struct.pack("<IQ", 0, sealed) + vector["record"]
    assert vector["head"] == head
    assert vector["commitment"] == sha256(b"muniment/key-commitment/v1" + vector["data_key"]).digest()
    assert vector["ciphertext"] == AESGCM(vector["data_key"]).encrypt(bytes(12), vector["compressed"], head)
    assert vector["leaf_data"] == head + vector["commitment"] + sha256(vector["ciphertext"]).digest()
    assert vector["leaf_hash"] == sha256(b"\x00" + vector["leaf_data"]).digest()


def test_the_stub(vector: Vector):
    stub = b"MNS1" + vector["head"][4:] + vector["commitment"] + sha256(vector["ciphertext"]).digest()
    assert vector["stub"] == stub
    assert len(stub) == 100
    assert vector["leaf_data"] == b"MNR1" + stub[4:]


def test_the_commit_frame(vector: Vector):
    length = len(vector["head"] + vector["commitment"] + vector["ciphertext"])
    start = sha256(b"muniment/ledger/v1" + vector["organisation"]).digest()
    frame = (
        b"MNC1" + bytes((1, 0, 0, 0)) + struct.pack("<IIQQ", 1, 0, 0, length) + vector["leaf_hash"] + start
    )
    assert vector["commit_frame"] == frame + sha256(frame + vector["leaf_hash"]).digest()


def test_the_keys(vector: Vector):
    epoch, ephemeral = (
        X25519PrivateKey.from_private_bytes(vector[name]) for name in ("epoch_private", "ephemeral_private")
    )
    publics = [key.public_key().public_bytes_raw() for key in (ephemeral, epoch)]
    info = b"muniment/batch-key/v1\x00" + vector["organisation"] + b"\x001"
    batch_key = HKDF(SHA256(), 32, salt=b"".join(publics), info=info).derive(
        epoch.exchange(ephemeral.public_key())
    )
    assert vector["batch_key"] == batch_key
    bound = b"muniment/wrapped-key/v1" + vector["record"]
    assert vector["wrapped_key"] == AESGCM(batch_key).encrypt(bytes(12), vector["data_key"], bound)
    slot = bytes((1, 1)) + struct.pack("<HI", 1, 0) + vector["wrapped_key"]
    named = b"\x00" + vector["organisation"] + b"\x00" + bytes(8)
    assert vector["slot"] == slot + sha256(b"muniment/key-slot/v1" + named + slot).digest()[:8]
    batch = struct.pack("<QIHBB", 0, 1, 1, 1, 0) + publics[0]
    assert vector["batch"] == batch + sha256(b"muniment/key-batch/v1" + named + batch).digest()[:16]


def test_the_index(vector: Vector):
    place = b"\x01\x00\x00\x01" + bytes(4) + vector["record"] + vector["leaf_hash"]
    assert vector["index"] == place + sha256(b"muniment/index/v1" + place).digest()[:8]


def test_the_checkpoint(vector: Vector):
    private = Ed25519PrivateKey.from_private_bytes(vector["ledger_private"])
    origin = "muniment/" + vector.text("organisation")
    key = b"\x01" + private.public_key().public_bytes_raw()
    key_id = sha256(origin.encode() + b"\n" + key).digest()[:4]
    assert vector.text("ledger_key") == f"{origin}+{key_id.hex()}+{base64.b64encode(key).decode()}"
    body = f"{origin}\n1\n{base64.b64encode(vector['leaf_hash']).decode()}\n"
    signature = base64.b64encode(key_id + private.sign(body.encode())).decode()
    assert vector.text("checkpoint") == f"{body}\n— {origin} {signature}\n"


def test_the_vault_reads_the_vector(vector: Vector):
    pack = b"".join(vector[name] for name in ("head", "commitment", "ciphertext", "commit_frame"))
    group = read_group(pack, 0, 1)
    assert group
    assert group.places == [parse_place(vector["index"])]
    compacted = read_group(vector["stub"] + vector["commit_frame"], 0, 1)
    assert compacted
    assert (compacted.places, compacted.stubs) == (group.places, (0,))
    verifier = LedgerVerifier.parse(vector.text("ledger_key"))
    head = Checkpoint(verifier.origin, 1, vector["leaf_hash"])
    assert verifier.open(vector.text("checkpoint")) == head


def test_the_vault_opens_the_vector(vector: Vector):
    codec = SlotCodec(vector.text("organisation"))
    slot, batch = codec.parse(0, vector["slot"]), codec.parse_batch(0, vector["batch"])
    assert slot
    assert batch
    private = X25519PrivateKey.from_private_bytes(vector["epoch_private"])
    assert batch == BatchRecord(batch.ephemeral, 0, 1, 1)
    record = parse_place(vector["index"])
    assert record
    key = unwrap_key(private, vector.text("organisation"), 1, batch.ephemeral, 0, record.id, slot.wrapped)
    opened = open_entry(key, vector["head"], vector["commitment"], vector["ciphertext"])
    assert opened == pack_content(vector["statement"], vector["original"])
