"""Frames are the bytes that docs/format.md gives, and any other bytes are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import FaultFoundError
from muniment.core.ids import RecordId
from muniment.vault.frames import (
    COMMIT_BYTES,
    HEADER_BYTES,
    Header,
    Kind,
    chain_start,
    make_commit,
    pack_commit,
    pack_header,
    pack_stub,
    parse_commit,
    parse_header,
    parse_stored,
    read_head,
    stored_leaf,
)

ID = RecordId(bytes(range(16)))


def test_the_bytes_of_a_header():
    header = pack_header(Kind.ACTION, 7, 300, ID)
    assert header.hex() == "4d4e523101020100070000002c01000000000000" + ID.hex()
    assert len(header) == HEADER_BYTES == 36
    assert parse_header(header) == Header(Kind.ACTION, 7, 300, ID)
    assert Header(Kind.ACTION, 7, 300, ID).frame_length == 36 + 7 + 32 + 300


@pytest.mark.parametrize(
    ("at", "value"), [(0, 0), (4, 2), (5, 3), (5, 0), (6, 0), (7, 1), (10, 1), (17, 255), (12, 15)]
)
def test_a_header_with_an_impossible_field_is_none(at: int, value: int):
    header = bytearray(pack_header(Kind.ACTION, 7, 16, ID))
    header[at] = value
    assert parse_header(bytes(header)) is None


def test_a_record_has_no_clear_part():
    assert parse_header(pack_header(Kind.RECORD, 1, 16, ID)) is None


@given(st.binary(max_size=60), st.integers(0, 60))
def test_any_bytes_are_a_header_or_none(data: bytes, offset: int):
    parse_header(data, offset)
    parse_commit(data, offset)


@given(st.integers(16, 5000), st.sampled_from([Kind.RECORD, Kind.SEGMENT]), st.data())
def test_a_stub_has_the_leaf_of_its_entry(length: int, kind: Kind, data: st.DataObject):
    head, rest = pack_header(kind, 0, length, ID), b"c" * 32 + bytes(length)
    before = data.draw(st.binary(max_size=9))
    frame = memoryview(before + head + rest)
    header = parse_stored(frame, len(before))
    assert header
    stub = pack_stub(frame, len(before), header)
    left = parse_stored(stub)
    assert left == header._replace(stub=True)
    assert (len(stub), left.stored_length, left.frame_length) == (100, 100, len(head + rest))
    assert stored_leaf(memoryview(stub), 0, left) == stored_leaf(frame, len(before), header)
    assert pack_stub(memoryview(stub), 0, left) == stub
    assert parse_header(stub) is None  # nobody seals a stub
    with pytest.raises(FaultFoundError):
        read_head(stub[:HEADER_BYTES])


def test_an_action_is_no_stub():
    header = bytearray(pack_header(Kind.ACTION, 0, 16, ID))
    header[2:3] = b"S"
    assert parse_stored(bytes(header)) is None


def test_a_head_is_as_long_as_it_says():
    with pytest.raises(FaultFoundError):
        read_head(pack_header(Kind.ACTION, 7, 16, ID) + b"six by")


def test_the_bytes_of_a_commit():
    commit = make_commit(5, 1234, b"r" * 32, chain_start("org_x"), [b"a" * 32, b"b" * 32])
    data = pack_commit(commit)
    assert len(data) == COMMIT_BYTES == 128
    assert data[:32].hex() == "4d4e43310100000002000000000000000500000000000000d204000000000000"
    assert parse_commit(data) == commit
    for at in (0, 4, 5, 7, 12, 15):
        assert parse_commit(data[:at] + b"\x09" + data[at + 1 :]) is None


def test_the_digest_of_a_commit_covers_its_leaves_and_its_place():
    one = make_commit(5, 1, bytes(32), bytes(32), [b"a" * 32])
    assert one.digest != make_commit(5, 1, bytes(32), bytes(32), [b"b" * 32]).digest
    assert one.digest != make_commit(6, 1, bytes(32), bytes(32), [b"a" * 32]).digest
    assert chain_start("org_x") != chain_start("org_y")
