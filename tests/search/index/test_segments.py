"""Sealing what `meta.json` names, and opening it again."""

import shutil
import threading
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from muniment.core.errors import FaultFoundError
from muniment.search.index import sealed
from muniment.search.index.organisation import View
from muniment.search.index.segments import MANIFEST, load, save
from muniment.search.language.parser import parse
from tests.search.samples import KEY, document, every_byte, index_at


def sealed_files(path: Path) -> set[str]:
    return {each.name for each in (path / "sealed").iterdir()}


def test_an_index_opens_again_from_its_sealed_files_alone(tmp_path: Path) -> None:
    index = index_at(tmp_path)
    for number in range(20):
        index.take([document(number, f"canary{number} refund")], watermark=number)
    shutil.rmtree(tmp_path / "memory")
    again = index_at(tmp_path, "other")
    assert (again.watermark, again.size) == (19, 20)
    assert again.search(parse("canary7"), View()).total == 1
    again.take([document(20, "canary20")], watermark=20)
    assert index_at(tmp_path, "third").size == 21


def test_the_directory_holds_what_the_manifest_names_and_nothing_else(tmp_path: Path) -> None:
    index = index_at(tmp_path)
    for number in range(30):  # enough for merges to take segments away
        index.take([document(number, "refund")], watermark=number)
    manifest = load(tmp_path / "sealed", KEY)
    assert manifest is not None
    named = {
        MANIFEST,
        *(batch.name for batch in manifest.sources),
        *(each.name for each in manifest.segments),
    }
    assert sealed_files(tmp_path) == named


def test_neither_words_nor_the_form_of_the_index_can_be_read(tmp_path: Path) -> None:
    index = index_at(tmp_path)
    index.take([document(1, "nightjar", filenames=("nightjar.csv",), subject="nightjar")], watermark=1)
    held = every_byte(tmp_path / "sealed")
    for word in (b"nightjar", b"segment", b"meta", b"ann@example", b"tantivy", b"exact"):
        assert word not in held
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "sealed").iterdir()} == {0o600}
    assert (tmp_path / "sealed").stat().st_mode & 0o777 == 0o700


def test_a_crash_before_the_manifest_leaves_the_state_before(tmp_path: Path) -> None:
    index = index_at(tmp_path)
    index.take([document(1, "first")], watermark=1)
    before = shutil.copytree(tmp_path / "sealed", tmp_path / "copy")
    index.take([document(2, "second")], watermark=2)
    for path in (tmp_path / "sealed").iterdir():  # files of the second state, manifest of the first
        if path.name != MANIFEST and not (before / path.name).exists():
            shutil.copy(path, before / path.name)
    shutil.rmtree(tmp_path / "sealed")
    before.rename(tmp_path / "sealed")
    again = index_at(tmp_path, "other")
    assert (again.watermark, again.size) == (1, 1)
    again.take([document(2, "second")], watermark=2)
    assert again.search(parse("second"), View()).total == 1


@pytest.mark.parametrize("kind", ["segments", "sources"])
def test_a_damaged_segment_is_made_again_and_damaged_documents_are_named(tmp_path: Path, kind: str) -> None:
    index = index_at(tmp_path)
    index.take([document(1, "refund")], watermark=1)
    manifest = load(tmp_path / "sealed", KEY)
    assert manifest is not None
    path = tmp_path / "sealed" / getattr(manifest, kind)[0].name
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    if kind == "segments":
        again = index_at(tmp_path, "other")
        assert again.search(parse("refund"), View()).total == 1
    else:
        again = index_at(tmp_path, "other")
        with pytest.raises(FaultFoundError, match="damaged"):
            again.take([], erased=[1], watermark=2)


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    index_at(tmp_path).take([document(1, "refund")], watermark=1)
    with pytest.raises(FaultFoundError):
        index_at(tmp_path, "other", bytes(32))


def test_another_schema_is_indexed_again_from_the_documents(tmp_path: Path) -> None:
    index_at(tmp_path).take([document(1, "refund")], watermark=1)
    manifest = load(tmp_path / "sealed", KEY)
    assert manifest is not None
    save(tmp_path / "sealed", KEY, msgspec.structs.replace(manifest, schema=0, meta=b"{}"))
    again = index_at(tmp_path, "other")
    assert again.search(parse("refund"), View()).total == 1
    assert again.watermark == 1


def test_a_file_that_a_merge_takes_away_while_it_is_sealed_is_looked_for_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, real, taken = index_at(tmp_path), sealed.write, list[Path]()

    def overtaken(path: Path, key: bytes, pieces: Iterable[bytes]) -> None:
        if not taken and (stores := list((tmp_path / "memory").glob("*.store"))):
            taken.append(stores[0])
            held = taken[0].read_bytes()
            taken[0].unlink()
            try:
                real(path, key, pieces)
            finally:
                taken[0].write_bytes(held)
        real(path, key, pieces)

    monkeypatch.setattr(sealed, "write", overtaken)
    index.take([document(1, "refund")], watermark=1)
    assert taken
    assert index_at(tmp_path, "again").search(parse("refund"), View()).total == 1


def test_queries_go_on_while_segments_are_sealed_and_merged(tmp_path: Path) -> None:
    index = index_at(tmp_path)
    index.take([document(0, "refund")], watermark=0)
    totals: list[int] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            totals.append(index.search(parse("refund"), View()).total)

    asking = threading.Thread(target=ask)
    asking.start()
    for number in range(1, 40):
        index.take([document(number, "refund")], watermark=number)
    done.set()
    asking.join()
    assert totals == sorted(totals)
    assert index.search(parse("refund"), View()).total == 40
