"""What is sealed opens with its own key, in its own place, and in no other way."""

import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import FaultFoundError, WrongUseError
from muniment.core.ids import new_record_id
from muniment.vault import sealing
from muniment.vault.frames import Kind, pack_header, read_head
from muniment.vault.sealing import (
    Document,
    EpochKey,
    SealedBatch,
    SealedEntry,
    agreed_key,
    authenticate,
    check_batch,
    key_commitment,
    open_entry,
    seal_batch,
    unwrap_key,
    unwrap_with,
)

PRIVATE = X25519PrivateKey.generate()
KEY = EpochKey("org_x", 3, PRIVATE.public_key().public_bytes_raw())


def open_all(batch: SealedBatch, private: X25519PrivateKey = PRIVATE) -> list[bytes]:
    opened = []
    for at, (entry, header) in enumerate(zip(batch.entries, check_batch(batch), strict=True)):
        key = unwrap_key(
            private, batch.organisation, batch.epoch, batch.ephemeral, at, header.id, entry.wrapped_key
        )
        opened.append(open_entry(key, entry.head, entry.commitment, entry.ciphertext))
    return opened


@given(
    st.lists(st.tuples(st.binary(max_size=2000), st.none() | st.binary(max_size=200)), min_size=1, max_size=8)
)
def test_a_batch_opens_to_what_was_sealed(contents: list[tuple[bytes, bytes | None]]):
    documents = [
        Document(Kind.RECORD, plaintext) if clear is None else Document(Kind.ACTION, plaintext, clear)
        for plaintext, clear in contents
    ]
    batch = seal_batch(KEY, documents)
    assert open_all(batch) == [plaintext for plaintext, _ in contents]
    assert [entry.head[36:] for entry in batch.entries] == [clear or b"" for _, clear in contents]


def test_every_key_identifier_and_ephemeral_is_fresh():
    one, two = (seal_batch(KEY, [Document(Kind.RECORD, b"same")] * 3) for _ in range(2))
    entries = [*one.entries, *two.entries]
    assert len({entry.commitment for entry in entries}) == 6
    assert len({entry.head for entry in entries}) == 6
    assert one.ephemeral != two.ephemeral


def test_the_plaintext_shows_nowhere():
    text = b"canary-9f3a" * 50
    batch = seal_batch(KEY, [Document(Kind.RECORD, text)])
    entry = batch.entries[0]
    assert b"canary" not in entry.head + entry.commitment + entry.ciphertext + entry.wrapped_key


@given(st.data())
def test_any_changed_byte_fails(data: st.DataObject):
    batch = seal_batch(KEY, [Document(Kind.ACTION, b"body", b'{"a":1}')])
    entry = batch.entries[0]
    header = read_head(entry.head)
    name = data.draw(st.sampled_from(["head", "commitment", "ciphertext", "wrapped_key"]))
    part = bytearray(getattr(entry, name))
    part[data.draw(st.integers(0, len(part) - 1))] ^= data.draw(st.integers(1, 255))
    parts = {
        "head": entry.head,
        "commitment": entry.commitment,
        "ciphertext": entry.ciphertext,
        "wrapped_key": entry.wrapped_key,
        name: bytes(part),
    }
    with pytest.raises(FaultFoundError):  # noqa: PT012 - either step may be the one that finds it
        key = unwrap_key(PRIVATE, "org_x", 3, batch.ephemeral, 0, header.id, parts.pop("wrapped_key"))
        open_entry(key, **parts)


@pytest.mark.parametrize(
    ("organisation", "epoch", "position", "private"),
    [
        ("org_y", 3, 0, PRIVATE),
        ("org_x", 4, 0, PRIVATE),
        ("org_x", 3, 1, PRIVATE),
        ("org_x", 3, 0, X25519PrivateKey.generate()),
    ],
)
def test_a_key_unwraps_only_for_its_organisation_epoch_place_and_holder(
    organisation: str, epoch: int, position: int, private: X25519PrivateKey
):
    batch = seal_batch(KEY, [Document(Kind.RECORD, b"one")])
    entry = batch.entries[0]
    record = read_head(entry.head).id
    with pytest.raises(FaultFoundError):
        unwrap_key(private, organisation, epoch, batch.ephemeral, position, record, entry.wrapped_key)


def test_a_key_of_one_record_does_not_unwrap_for_another():
    batch = seal_batch(KEY, [Document(Kind.RECORD, b"one")])
    agreed = agreed_key(PRIVATE, "org_x", 3, batch.ephemeral)
    with pytest.raises(FaultFoundError):
        unwrap_with(agreed, 0, new_record_id(), batch.entries[0].wrapped_key)


def test_a_point_of_small_order_is_refused():
    with pytest.raises(FaultFoundError):
        agreed_key(PRIVATE, "org_x", 3, bytes(32))


def test_a_second_key_for_the_same_ciphertext_is_refused_by_the_commitment():
    entry = seal_batch(KEY, [Document(Kind.RECORD, b"one")]).entries[0]
    with pytest.raises(FaultFoundError, match="commits to"):
        authenticate(bytes(32), entry.head, entry.commitment, entry.ciphertext)


def sealed_by_hand(compressed: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    key = bytes(31) + b"\x01"
    head = pack_header(Kind.RECORD, 0, len(compressed) + 16, new_record_id())
    return key, head, key_commitment(key), AESGCM(key).encrypt(bytes(12), compressed, head)


def test_a_compressed_bomb_and_rubbish_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sealing, "LARGEST_PLAINTEXT", 1000)
    for compressed in (
        zstandard.compress(bytes(1001)),
        b"no zstd at all",
        b"",
        zstandard.compress(b"x")[:-1],
    ):
        with pytest.raises(FaultFoundError):
            open_entry(*sealed_by_hand(compressed))


def test_what_cannot_be_sealed():
    with pytest.raises(WrongUseError):
        seal_batch(KEY, [])
    with pytest.raises(WrongUseError):
        seal_batch(KEY, [Document(Kind.RECORD, b"", b"clear")])
    with pytest.raises(WrongUseError):
        seal_batch(KEY, [Document(Kind.ACTION, b"", bytes(20_000))])


def test_a_malformed_batch_is_refused():
    good = seal_batch(KEY, [Document(Kind.RECORD, b"one")])
    entry = good.entries[0]
    short = SealedEntry(entry.head, entry.commitment, entry.ciphertext[:-1], entry.wrapped_key)
    unwrapped = SealedEntry(entry.head, entry.commitment, entry.ciphertext, b"")
    headless = SealedEntry(b"", entry.commitment, entry.ciphertext, entry.wrapped_key)
    for bad in (
        SealedBatch("org_x", 3, good.ephemeral, ()),
        SealedBatch("org_x", 3, b"", good.entries),
        SealedBatch("org_x", 0, good.ephemeral, good.entries),
        SealedBatch("org_x", 70_000, good.ephemeral, good.entries),
        *(SealedBatch("org_x", 3, good.ephemeral, (one,)) for one in (short, unwrapped, headless)),
    ):
        with pytest.raises(FaultFoundError):
            check_batch(bad)
