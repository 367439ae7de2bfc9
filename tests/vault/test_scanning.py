"""Reading a pack window by window gives the groups that reading it whole gives, wherever the windows end."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment.core.tags import EventTag
from muniment.vault import scanning
from muniment.vault.frames import COMMIT_BYTES, chain_start, make_commit, pack_commit, pack_stub
from muniment.vault.frames import entry_leaf as leaf
from muniment.vault.orders import erased_record
from muniment.vault.packs import Group, read_groups, read_span
from muniment.vault.sealing import SealedBatch
from muniment.vault.segments import StreamSealer
from tests.vault.conftest import ORGANISATION, Keys

RECORD = "rec_" + "a" * 26


def packed(batches: list[SealedBatch], first: int = 0) -> bytes:
    entries = [entry for batch in batches for entry in batch.entries]
    body = b"".join(entry.head + entry.commitment + entry.ciphertext for entry in entries)
    leaves = [leaf(entry.head, entry.commitment, entry.ciphertext) for entry in entries]
    return body + pack_commit(make_commit(first, len(body), bytes(32), chain_start("org_x"), leaves))


def compacted(group: bytes, *stubs: int) -> bytes:
    """The group as compaction leaves it, with these entries as stubs."""
    span, view = read_span(group, 0), memoryview(group)
    assert span
    parts = [
        pack_stub(view, at, header) if number in stubs else group[at : at + header.stored_length]
        for number, (at, header) in enumerate(zip(span.starts, span.headers, strict=True))
    ]
    return b"".join((*parts, group[span.end - COMMIT_BYTES :]))


def scanned(path: Path, start: int = 0) -> list[Group]:
    return [found.group for found in scanning.scan(path, 7, start)]


@pytest.fixture(scope="module")
def groups(keys: Keys) -> list[bytes]:
    stream = StreamSealer(ORGANISATION)
    return [
        packed([keys.records(b"a", b"b" * 5000)]),
        packed([keys.action(EventTag.RECORD_ERASED, record=RECORD), keys.records(b"c")], 2),
        packed([keys.seal_noise(70_000)], 4),
        packed([stream.segment(keys.public, b"s" * 3000, final=True), stream.record(keys.public, b"{}")], 5),
        compacted(packed([keys.records(b"d", b"e" * 900), keys.seal_noise(9000)], 7), 1, 2),
    ]


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_it_finds_what_reading_the_whole_pack_finds(
    tmp_path_factory: pytest.TempPathFactory, groups: list[bytes], data: st.DataObject
):
    whole = b"".join(groups)
    content = whole[: data.draw(st.integers(0, len(whole)))]
    if content and data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(content) - 1))
        content = content[:at] + bytes((content[at] ^ data.draw(st.integers(1, 255)),)) + content[at + 1 :]
    path = tmp_path_factory.mktemp("pack") / "000007.pack"
    path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanning, "WINDOW", data.draw(st.sampled_from([600, 4096, 1 << 19])))
        assert scanned(path) == list(read_groups(content, 7))
        start = len(groups[0])
        assert scanned(path, start) == list(read_groups(content[start:], 7, start))


def test_orders_come_with_the_group_that_gives_them(tmp_path: Path, groups: list[bytes]):
    path = tmp_path / "000007.pack"
    path.write_bytes(b"".join(groups))
    record = erased_record(b'{"record":"' + RECORD.encode() + b'","tag":"vault:record:erased","time":1}')
    assert record
    assert [found.orders for found in scanning.scan(path, 7)] == [(), (record,), (), (), ()]


def test_a_part_of_a_file(tmp_path: Path):
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    assert scanning.read_part(path, 2, 5) == b"234"
    assert scanning.read_part(path, 8, 50) == b"89"
    assert scanning.read_part(path, 9, 3) == b""
