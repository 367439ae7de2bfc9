"""What came back is kept whole or not at all, for heads that the ledger had, under names that say what it is."""

from pathlib import Path

import pytest

from muniment.core.errors import FaultFoundError, NotAvailableError, RefusedError, WrongUseError
from muniment.vault.anchors import keeping, names
from muniment.vault.store import Store
from tests.vault.conftest import ORGANISATION, Keys


def test_an_anchor_and_its_head_are_kept(store: Store, keys: Keys, tmp_path: Path):
    store.commit([keys.records(b"one")])
    store.publish()
    note = store.checkpoint_text
    name = store.keep_anchor(note, b"token", "authority", "tsr", 1234)
    folder = tmp_path / "vault" / "anchors"
    assert (folder / name).read_bytes() == b"token"
    assert (folder / names.head_name(1)).read_text() == note
    (anchor,) = names.listed(folder)
    assert (anchor.size, anchor.time, anchor.source) == (1, 1234, "authority")
    assert not (folder / "aside").exists()


def test_what_no_name_can_hold_is_refused(store: Store, keys: Keys):
    store.commit([keys.records(b"one")])
    store.publish()
    note = store.checkpoint_text
    for source in ("", "../x", "A", "a/b", "a b", "x" * 65):
        with pytest.raises(WrongUseError):
            store.keep_anchor(note, b"x", source, "tsr", 1)
    for data, ending in ((b"x", "exe"), (bytes(keeping.LARGEST + 1), "tsr")):
        with pytest.raises(RefusedError):
            store.keep_anchor(note, data, "one", ending, 1)


def test_a_head_of_another_ledger_or_key_is_refused(store: Store, keys: Keys, tmp_path: Path):
    with Store.create(tmp_path / "other", ORGANISATION, keys.signer) as other:
        other.commit([keys.records(b"else")])
        other.publish()
        foreign = other.checkpoint_text
    for note in (foreign, "nothing", store.checkpoint_text.replace("\n0\n", "\n1\n")):
        with pytest.raises(FaultFoundError):
            store.keep_anchor(note, b"x", "one", "tsr", 1)
    assert not list((tmp_path / "vault" / "anchors").iterdir())


def test_a_disk_that_cannot_is_said(store: Store, keys: Keys, tmp_path: Path):
    store.publish()
    (tmp_path / "vault" / "anchors").rmdir()
    with pytest.raises(NotAvailableError):
        store.keep_anchor(store.checkpoint_text, b"x", "one", "tsr", 1)
