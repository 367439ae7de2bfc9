"""An evidence bundle holds everything a stranger needs, and lists every opening."""

import json

import pytest

from muniment.core.errors import FaultFoundError, WrongUseError
from muniment.core.ids import new_record_id, record_text
from muniment.core.tags import EventTag
from muniment.vault.evidence import EvidenceBundle, bundle_files, openings, read_leaf
from muniment.vault.frames import Kind
from muniment.vault.sealing import Document
from muniment.vault.store import Store
from tests.vault.conftest import STATEMENT, Keys

ORIGINAL = b"From: someone@example\r\n\r\nThe original.\r\n"


def make(store: Store, keys: Keys, *, leaves: tuple[bytes, ...] | None = None) -> EvidenceBundle:
    """A bundle of record 1, which was examined once and opened twice."""
    if not store.size:
        store.commit([keys.action(EventTag.GENESIS)])
        store.commit([keys.records(ORIGINAL, b"another")])
        record, other = (record_text(store.entry(seq).id) for seq in (1, 2))
        store.commit([keys.action(EventTag.RECORDS_EXAMINED, range=[1, 2])])
        store.commit([keys.action(EventTag.RECORD_OPENED, record=record, warrant="aa")])
        store.commit([keys.action(EventTag.RECORD_OPENED, record=other, warrant="bb")])
        store.commit([keys.action(EventTag.RECORDS_EXAMINED, range=[2, 2])])
        store.commit([keys.action(EventTag.RECORD_OPENED, record=record, warrant="cc")])
        store.publish()
    entry = store.entry(1)
    return EvidenceBundle(
        original=ORIGINAL,
        statement=STATEMENT,
        head=entry.head,
        commitment=entry.commitment,
        ciphertext=entry.ciphertext,
        key=keys.data_key(store, 1),
        proof=store.proof(1),
        ledger_key=store.verifier.text,
        leaves=store.leaf_data(store.checkpoint.size) if leaves is None else leaves,
    )


def test_the_bag_has_the_files_of_its_description(store: Store, keys: Keys):
    files = bundle_files(make(store, keys))
    assert set(files) == {
        "bagit.txt",
        "bag-info.txt",
        "manifest-sha512.txt",
        "tagmanifest-sha512.txt",
        "data/original",
        "data/metadata.json",
        *(
            f"data/proof/{name}"
            for name in [
                "head",
                "commitment",
                "ciphertext",
                "key",
                "tlog-proof",
                "checkpoint",
                "ledger-key",
                "entries",
                "openings.json",
            ]
        ),
    }
    assert files["data/original"] == ORIGINAL
    assert files["data/proof/checkpoint"].decode() == store.checkpoint_text


def test_all_openings_of_the_record_are_listed_and_no_others(store: Store, keys: Keys):
    listed = json.loads(bundle_files(make(store, keys))["data/proof/openings.json"])
    assert [opening["sequence"] for opening in listed] == [3, 4, 7]
    assert [opening["action"].get("warrant") for opening in listed] == [None, "aa", "cc"]


def test_a_leaf_says_kind_identifier_and_clear_part(store: Store, keys: Keys):
    bundle = make(store, keys)
    action = read_leaf(bundle.leaves[4])
    assert action.header.kind is Kind.ACTION
    assert json.loads(action.clear)["warrant"] == "aa"
    with pytest.raises(FaultFoundError):
        read_leaf(bundle.leaves[4] + b"x")


def test_an_action_that_is_not_canonical_is_a_fault(store: Store, keys: Keys):

    store.commit([keys.seal(Document(Kind.ACTION, b"", b'{"a": 1}'))])
    with pytest.raises(FaultFoundError):
        openings(store.leaf_data(1), record_text(new_record_id()), 0)


def test_too_few_leaves_make_no_bundle(store: Store, keys: Keys):
    with pytest.raises(WrongUseError):
        bundle_files(make(store, keys, leaves=()))
