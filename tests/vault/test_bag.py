"""Files of a bag are read when they are asked for, from a folder or a ZIP, and refused where they are odd."""

import os
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import pytest

from muniment.core.errors import NotAvailableError
from muniment.vault import bag
from muniment.vault.bag import open_bag
from muniment.vault.evidence import EvidenceBundle
from muniment.vault.prove import prove
from muniment.vault.segments import SEGMENT_BYTES, StreamSealer
from muniment.vault.store import Store
from tests.vault.bags import write_bundle
from tests.vault.conftest import ORGANISATION, Keys

FILES = {"bagit.txt": b"mark", "data/original": bytes(range(256)) * 100, "data/proof/key": b""}


def folder(path: Path) -> Path:
    for name, data in FILES.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def zipped(path: Path, top: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in FILES.items():
            archive.writestr(top + name, data)
    return path


def test_the_same_files_from_a_folder_and_from_a_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bag, "_CHUNK", 1000)
    for path in (folder(tmp_path / "bag"), zipped(tmp_path / "a.zip"), zipped(tmp_path / "b.zip", "rec_x/")):
        found = open_bag(path)
        assert dict(found) == FILES
        assert len(found) == 3
        assert [len(piece) for piece in found.pieces("data/original")] == [1000] * 25 + [600]
        assert "data/nothing" not in found
        with pytest.raises(KeyError):
            found["data/nothing"]


def test_a_file_that_is_too_large_is_not_brought_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bag, "LARGEST_FILE", 5000)
    found = open_bag(zipped(tmp_path / "a.zip"))
    with pytest.raises(NotAvailableError, match="larger"):
        found["data/original"]
    assert sum(map(len, found.pieces("data/original"))) == 25_600


def test_a_long_recording_is_proved_with_little_of_it_in_memory(
    store: Store, keys: Keys, tmp_path: Path
) -> None:
    sealer, parts = StreamSealer(ORGANISATION), [os.urandom(SEGMENT_BYTES) for _ in range(12)]
    for number, part in enumerate(parts):
        store.commit([sealer.segment(keys.public, part, final=number == len(parts) - 1)])
    store.commit([sealer.record(keys.public, b"{}")])
    store.publish()
    seq = store.find(sealer.id)
    record, pieces = store.entry(seq), [store.entry(each) for each in store.segments(seq)]
    made = EvidenceBundle(
        b"".join(parts),
        b"{}",
        record.head,
        record.commitment,
        record.ciphertext,
        keys.data_key(store, seq),
        store.proof(seq),
        store.verifier.text,
        store.leaf_data(store.size),
        tuple((each.head, each.ciphertext) for each in pieces),
    )
    write_bundle(tmp_path / "bag", made)
    del made, parts, pieces
    tracemalloc.start()
    assert prove(tmp_path / "bag").holds
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 40 << 20


def test_what_is_no_bag_and_what_is_odd_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAvailableError):
        open_bag(tmp_path / "nothing")
    (tmp_path / "text").write_text("no zip")
    with pytest.raises(NotAvailableError):
        open_bag(tmp_path / "text")
    (folder(tmp_path / "bag") / "data" / "link").symlink_to(tmp_path / "text")
    with pytest.raises(NotAvailableError, match="bundle cannot be read"):
        open_bag(tmp_path / "bag")
    with (
        warnings.catch_warnings(action="ignore"),
        zipfile.ZipFile(zipped(tmp_path / "a.zip"), "a") as archive,
    ):
        archive.writestr("data/proof/key", b"another")
    with pytest.raises(NotAvailableError):
        open_bag(tmp_path / "a.zip")


def test_damage_in_a_zip_is_said_when_the_file_is_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip")
    data = bytearray(path.read_bytes())
    data[120] ^= 1
    path.write_bytes(data)
    found = open_bag(path)
    assert found["bagit.txt"] == b"mark"
    with pytest.raises(NotAvailableError, match="data/original"):
        found["data/original"]
