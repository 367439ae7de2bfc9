"""A bundle that is right is proved; whatever is changed in it, the step that fails says so."""

import zipfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from muniment.core import canonical
from muniment.core.errors import NotAvailableError
from muniment.core.ids import record_text
from muniment.core.tags import EventTag
from muniment.vault.checkpoint import LedgerSigner
from muniment.vault.evidence import MANIFEST, TAG_MANIFEST, bundle_files, manifest
from muniment.vault.prove import STEPS, Proved, check_bundle, prove, same
from muniment.vault.store import Store
from muniment.vault.tiles import pack_bundle, split_bundle
from tests.vault.bags import write_bundle
from tests.vault.conftest import ORGANISATION, Keys
from tests.vault.test_evidence import make

PROOF = "data/proof/"


@pytest.fixture
def files(store: Store, keys: Keys) -> dict[str, bytes]:
    return bundle_files(make(store, keys))


def resealed(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same with fresh manifests: what a careful forger would hand over."""
    payload = {name: data for name, data in files.items() if name.startswith("data/")}
    tags = {name: files[name] for name in ("bagit.txt", "bag-info.txt")} | {MANIFEST: manifest(payload)}
    return payload | tags | {TAG_MANIFEST: manifest(tags)}


def failed(proved: Proved) -> set[int]:
    return {at for at, check in enumerate(proved.checks, 1) if not check.passed}


def test_a_right_bundle_holds_as_folder_and_as_zip(store: Store, keys: Keys, tmp_path: Path):
    bundle = make(store, keys)
    write_bundle(tmp_path / "bag", bundle)
    with zipfile.ZipFile(tmp_path / "bag.zip", "w") as archive:
        for name, data in bundle_files(bundle).items():
            archive.writestr(f"rec/{name}", data)
    for path in (tmp_path / "bag", tmp_path / "bag.zip"):
        proved = prove(path, keys.signer.verifier)
        assert proved.holds, proved
        assert (proved.record, proved.leaves, proved.openings) == (record_text(store.entry(1).id), 8, 3)
        assert len(proved.checks) == len(STEPS) == 7


def test_any_changed_byte_of_any_file_is_found(files: dict[str, bytes]):
    for name, data in files.items():
        for at in range(0, len(data), max(1, len(data) // 40)):
            changed = files | {name: data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]}
            assert not check_bundle(changed).holds, (name, at)


def test_any_changed_byte_is_found_also_with_fresh_manifests(files: dict[str, bytes]):
    for name, data in files.items():
        if not name.startswith("data/"):
            continue
        for at in range(0, len(data), max(1, len(data) // 40)):
            changed = resealed(files | {name: data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]})
            assert failed(check_bundle(changed)) - {1}, (name, at)


def test_missing_and_added_files_are_found(files: dict[str, bytes]):
    for name in files:
        assert not check_bundle({other: data for other, data in files.items() if other != name}).holds, name
    assert failed(check_bundle(files | {"data/more": b""})) == {1}
    assert failed(check_bundle(files | {"notes.txt": b""})) == {1}
    assert not check_bundle({}).holds


def forged_openings(files: dict[str, bytes]) -> dict[str, bytes]:
    listed = canonical.loads(files[PROOF + "openings.json"])
    assert isinstance(listed, list)
    return files | {PROOF + "openings.json": canonical.dumps(listed[1:])}


def hidden_action(files: dict[str, bytes]) -> dict[str, bytes]:
    leaves = split_bundle(files[PROOF + "entries"])
    return forged_openings(files) | {PROOF + "entries": pack_bundle(leaves[:3] + leaves[4:])}


def other_original(files: dict[str, bytes]) -> dict[str, bytes]:
    return files | {"data/original": b"Something else."}


def other_statement(files: dict[str, bytes]) -> dict[str, bytes]:
    return files | {"data/metadata.json": b"{}"}


def other_key(files: dict[str, bytes]) -> dict[str, bytes]:
    return files | {PROOF + "key": bytes(32)}


def unsigned(files: dict[str, bytes]) -> dict[str, bytes]:
    stranger = LedgerSigner(ORGANISATION, Ed25519PrivateKey.generate())
    return files | {PROOF + "ledger-key": stranger.verifier.text.encode()}


@pytest.mark.parametrize(
    ("forge", "steps"),
    [
        (forged_openings, {7}),
        (hidden_action, {6, 7}),  # the leaves after it move up
        (other_original, {3}),
        (other_statement, {3}),
        (other_key, {2, 3}),
        (unsigned, {4, 5, 6}),
    ],
)
def test_each_forgery_fails_at_its_step(
    files: dict[str, bytes], forge: Callable[[dict[str, bytes]], dict[str, bytes]], steps: set[int]
):
    assert failed(check_bundle(resealed(forge(files)))) == steps


def test_a_later_opening_is_seen_in_a_later_bundle(store: Store, keys: Keys):
    make(store, keys)
    store.commit([keys.action(EventTag.RECORD_OPENED, record=record_text(store.entry(1).id))])
    store.publish()
    assert check_bundle(bundle_files(make(store, keys))).openings == 4


def test_a_ledger_key_other_than_the_trusted_one_is_refused(files: dict[str, bytes]):
    stranger = LedgerSigner(ORGANISATION, Ed25519PrivateKey.generate()).verifier
    assert 5 in failed(check_bundle(files, stranger))


def test_what_is_no_bundle(tmp_path: Path, files: dict[str, bytes]):
    with pytest.raises(NotAvailableError):
        prove(tmp_path / "nothing")
    (tmp_path / "text").write_text("no zip")
    with pytest.raises(NotAvailableError):
        prove(tmp_path / "text")
    (tmp_path / "bag").mkdir()
    assert not prove(tmp_path / "bag").holds
    (tmp_path / "bag" / "link").symlink_to("/etc/passwd")
    with pytest.raises(NotAvailableError, match="link"):
        prove(tmp_path / "bag")


def test_rubbish_in_every_file_is_refused_and_breaks_nothing(files: dict[str, bytes]):
    for rubbish in (b"", b"\xff\xfe", b"[]", b"\x00" * 100):
        for name in files:
            assert not check_bundle(resealed(files | {name: rubbish})).holds or not name.startswith("data/")


@given(st.binary(max_size=40), st.lists(st.integers(0, 40)), st.lists(st.integers(0, 40)))
def test_streams_are_compared_wherever_they_are_cut(data: bytes, ours: list[int], theirs: list[int]):
    def cut(whole: bytes, places: list[int]) -> Iterator[bytes]:
        bounds = [0, *sorted(places), len(whole)]
        return (whole[start:end] for start, end in pairwise(bounds))

    assert same(cut(data, ours), cut(data, theirs))
    assert not same(cut(data + b"x", ours), cut(data, theirs))
    assert not same(cut(data, ours), cut(data + b"x", theirs))
    for at in range(len(data)):
        other = data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]
        assert not same(cut(data, ours), cut(other, theirs))
