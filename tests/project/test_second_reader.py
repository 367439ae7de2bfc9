"""The auditor's reader finds by itself what `verify` and `prove` find, on the same damage."""

import ast
import importlib.util
import json
import subprocess
import sys
import tokenize
from argparse import Namespace
from io import StringIO
from pathlib import Path
from random import Random
from types import ModuleType

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from muniment.core.tags import EventTag
from muniment.vault import segments
from muniment.vault.anchors.checking import Trust
from muniment.vault.checkpoint import LedgerSigner
from muniment.vault.evidence import bundle_files, segment_name
from muniment.vault.prove import check_bundle
from muniment.vault.segments import StreamSealer
from muniment.vault.slots import SLOT_BYTES, SlotCodec
from muniment.vault.store import Store
from tests.project.tree import ROOT
from tests.vault.anchors.stamping import Authority
from tests.vault.anchors.test_checking import STRANGER, WITNESS, Anchored
from tests.vault.bags import write_bundle
from tests.vault.conftest import ORGANISATION, STATEMENT, Keys, Vault, erase
from tests.vault.firm import Firm
from tests.vault.keeper.test_streams import proved, record
from tests.vault.small_segments import small
from tests.vault.test_evidence import make
from tests.vault.test_prove import (
    forged_openings,
    hidden_action,
    other_key,
    other_original,
    other_statement,
    resealed,
    unsigned,
)
from tests.vault.test_verify import flip

__all__ = ["record", "small"]  # fixtures of the record in segments
TOOL = ROOT / "tools" / "muniment-verify.py"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("second_reader", TOOL)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


READER = load()
FORGERIES = (
    (forged_openings, {7}),
    (hidden_action, {6, 7}),
    (other_original, {3}),
    (other_statement, {3}),
    (other_key, {2, 3}),
    (unsigned, {5, 6}),
)
NOTHING = Namespace(ledger_key=None, checkpoint=[], witness=[], root=[])


@pytest.fixture
def placed(vault: Vault, tmp_path: Path) -> Vault:
    """The vault in a folder with its organisation's name, as in a home."""
    return vault.copy(tmp_path / "vault-of" / ORGANISATION)


def second(vault: Vault) -> set[tuple[str, str]]:
    return {fault[:2] for one in READER.check(vault.path, NOTHING) for fault in one.faults}


def first(vault: Vault) -> set[tuple[str, str]]:
    return {(str(fault.kind), fault.record) for fault in vault.verify().faults}


def test_both_find_a_sound_vault_sound(placed: Vault):
    (found,) = READER.check(placed.path, NOTHING)
    assert not found.faults
    assert len(found.leaves) == placed.verify().leaves


def test_both_find_the_same_for_every_flipped_byte_of_every_file(placed: Vault):
    for path in placed.files():
        before = path.read_bytes()
        for at in range(len(before)):
            path.write_bytes(before[:at] + bytes((before[at] ^ 0x55,)) + before[at + 1 :])
            assert second(placed) == first(placed), (path, at)
        path.write_bytes(before)


@pytest.mark.parametrize(
    "name", ["packs/000001.pack", "packs/000002.pack", "keys/000001.keys", "keys/000001.batches"]
)
def test_both_find_every_truncation_and_name_the_same_records(placed: Vault, name: str):
    path = placed.path / name
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert second(placed) == first(placed), length
    path.write_bytes(whole)


@pytest.mark.parametrize("kind", [b"live", b"erased"])
def test_both_name_a_slot_that_is_short_by_bytes_that_were_zero(placed: Vault, kind: bytes):
    """What is missing at its end is not taken for the zeros that stood there, in a check or in an empty slot."""
    path, name = placed.path / "keys" / "000001.keys", placed.ids()[1 if kind == b"live" else 2]
    content = path.read_bytes()
    codec = SlotCodec(ORGANISATION)
    seq = 1 if kind == b"live" else 2
    slot = content[seq * SLOT_BYTES : (seq + 1) * SLOT_BYTES]
    parsed = codec.parse(seq, slot)
    assert parsed
    tries = (
        codec.pack(seq, parsed.epoch, parsed.batch, number.to_bytes(48, "little"))
        for number in range(1 << 24)
    )
    slot = next(one for one in tries if one.endswith(bytes(2))) if kind == b"live" else slot
    assert slot.endswith(bytes(2))
    before = content[: seq * SLOT_BYTES]
    for length in range(1, SLOT_BYTES):
        path.write_bytes(before + slot[:length])
        assert second(placed) == first(placed), length
        assert ("damaged-slot", name) in first(placed)


@pytest.fixture
def turned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    """A vault after a turn of the epoch, with a record in segments, and one such record erased."""
    monkeypatch.setattr(segments, "SEGMENT_BYTES", 20)
    path = tmp_path / ORGANISATION
    keys = Keys(X25519PrivateKey.generate(), LedgerSigner(ORGANISATION, Ed25519PrivateKey.generate()))
    with Store.create(path, ORGANISATION, keys.signer) as store:
        store.commit([keys.action(EventTag.GENESIS), keys.records(b"one" * 20)])
        kept, gone = (StreamSealer(ORGANISATION) for _ in range(2))
        for sealer in (kept, gone):
            for part, final in ((b"a" * 20, False), (b"b" * 7, True)):
                store.commit([sealer.segment(keys.public, part, final=final)])
            store.commit([sealer.record(keys.public, STATEMENT)])
        erase(store, keys, store.find(gone.id))
        for number in range(2):
            store.destroy_key(store.find(segments.segment_id(gone.id, number)))
        keys.turn(store)
        store.commit([keys.records(b"two")])
        store.publish()
    return Vault(path, keys)


def test_both_know_segments_and_what_a_turn_of_the_epoch_leaves(turned: Vault):
    assert any(path.name == "000002.keys" for path in turned.files())
    assert second(turned) == first(turned) == set()
    (turned.path / "keys" / "000001.batches").write_bytes(b"left")
    (turned.path / "keys" / "aside").write_bytes(b"left")
    assert second(turned) == first(turned) == {("torn-tail", "")}


def test_both_find_the_same_for_every_byte_of_a_turned_vault_with_segments(turned: Vault):
    for path in turned.files():
        before = path.read_bytes()
        for at in range(len(before)):
            path.write_bytes(before[:at] + bytes((before[at] ^ 0x55,)) + before[at + 1 :])
            assert second(turned) == first(turned), (path, at)
        path.write_bytes(before)


def test_both_prove_a_record_in_segments_and_refuse_what_was_changed(
    small: int, firm: Firm, record: str, tmp_path: Path
):
    files = proved(firm, record)
    two, three, last = (segment_name(number) for number in (2, 3, 4))
    changes: list[dict[str, bytes]] = [
        {},
        {two: files[two][:-1] + bytes((files[two][-1] ^ 1,))},
        {two: files[three], three: files[two]},
        {"data/original": files["data/original"][:-1]},
        {segment_name(5): files[two]},
    ]
    bags = [resealed(files | change) for change in changes]
    bags.append(resealed({name: data for name, data in files.items() if name != last}))
    found = []
    for number, bag in enumerate(bags):
        for name, data in bag.items():
            path = tmp_path / str(number) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        found.append(READER.check_bundle(tmp_path / str(number), None)["holds"])
    assert found == [check_bundle(bag).holds for bag in bags] == [True, False, False, False, False, False]


def test_both_find_every_missing_file_and_a_file_of_no_one(placed: Vault):
    for path in placed.files():
        data = path.read_bytes()
        path.unlink()
        assert bool(second(placed)) == bool(first(placed)), path
        path.write_bytes(data)
    (placed.path / "packs" / "notes.txt").write_bytes(b"x")
    assert second(placed) == first(placed) == {("extra-file", "")}


def test_both_prove_a_bundle_and_refuse_every_changed_one(store: Store, keys: Keys, tmp_path: Path):
    made = make(store, keys)
    write_bundle(tmp_path / "bag", made)
    found = READER.check_bundle(tmp_path / "bag", None)
    proved = check_bundle(bundle_files(made))
    assert found["holds"]
    assert (found["record"], found["leaves"], found["openings"]) == (
        proved.record,
        proved.leaves,
        proved.openings,
    )
    assert [check["name"] for check in found["checks"]] == [check.name for check in proved.checks]
    random = Random(5)
    for path in sorted((tmp_path / "bag").rglob("*")):
        before = path.read_bytes() if path.is_file() else b""
        for _ in range(min(12, len(before))):
            at = random.randrange(len(before))
            path.write_bytes(before[:at] + bytes((before[at] ^ 0x11,)) + before[at + 1 :])
            assert not READER.check_bundle(tmp_path / "bag", None)["holds"], (path, at)
        if before:
            path.write_bytes(before)


def test_a_forged_bundle_with_fresh_manifests_fails_at_its_step(store: Store, keys: Keys, tmp_path: Path):
    files = bundle_files(make(store, keys))
    for at, (forge, steps) in enumerate(FORGERIES):
        bag = tmp_path / str(at)
        for name, data in resealed(forge(files)).items():
            (bag / name).parent.mkdir(parents=True, exist_ok=True)
            (bag / name).write_bytes(data)
        found = READER.check_bundle(bag, None)
        assert steps <= {n for n, check in enumerate(found["checks"], 1) if not check["passed"]}, forge


def test_a_long_recording_is_not_read_into_memory(
    small: int, firm: Firm, record: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """What may be large, original and leaf data, is read in parts; the rest as it is needed."""
    write, bag = proved(firm, record), tmp_path / "bag"
    for name, data in write.items():
        (bag / name).parent.mkdir(parents=True, exist_ok=True)
        (bag / name).write_bytes(data)
    read = dict[str, int]()
    whole = Path.read_bytes

    def noted(path: Path) -> bytes:
        data = whole(path)
        read[path.relative_to(bag).as_posix()] = len(data)
        return data

    monkeypatch.setattr(Path, "read_bytes", noted)
    assert READER.check_bundle(bag, None)["holds"]
    assert {"data/original", "data/proof/entries"}.isdisjoint(read)
    assert len(write["data/original"]) > small
    assert max(size for name, size in read.items() if "/segments/" in name) <= small + 36 + 16


@pytest.mark.parametrize("cut", [1, 2, 3, 40])
def test_leaf_data_that_is_cut_short_is_seen(store: Store, keys: Keys, tmp_path: Path, cut: int):
    files = bundle_files(make(store, keys))
    for at, entries in enumerate(
        (files["data/proof/entries"][:-cut], files["data/proof/entries"] + bytes(cut))
    ):
        bag = tmp_path / str(at)
        for name, data in resealed(files | {"data/proof/entries": entries}).items():
            (bag / name).parent.mkdir(parents=True, exist_ok=True)
            (bag / name).write_bytes(data)
        found = READER.check_bundle(bag, None)
        assert [check["passed"] for check in found["checks"]][5:] == [False, False]


def test_it_speaks_as_verify_does(placed: Vault):
    flip(placed.path / "packs" / "000001.pack", 20)
    command = [sys.executable, str(TOOL), str(placed.path), "--json"]
    run = subprocess.run(command, capture_output=True, check=False)
    report = placed.verify()
    answer = json.loads(run.stdout)
    assert run.returncode == 1
    assert (answer["records"], answer["leaves"]) == (report.records, report.leaves)
    assert [(f["kind"], f["record"]) for f in answer["faults"]] == [
        (str(f.kind), f.record) for f in report.faults
    ]
    assert all(fault["advice"] for fault in answer["faults"])
    assert (
        subprocess.run([sys.executable, str(TOOL), "/nothing"], capture_output=True, check=False).returncode
        == 2
    )


def test_it_shares_nothing_with_the_first():
    text = TOOL.read_text()
    assert "import muniment" not in text
    assert "from muniment" not in text


def test_it_is_short_enough_to_be_read_before_it_is_believed():
    text = TOOL.read_text()
    skipped = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    tokens = [
        token for token in tokenize.generate_tokens(StringIO(text).readline) if token.type not in skipped
    ]
    code = {line for token in tokens for line in range(token.start[0], token.end[0] + 1)}
    explained = set[int]()
    for part in ast.walk(ast.parse(text)):
        if isinstance(part, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(part):
            explained |= set(range(part.body[0].lineno, (part.body[0].end_lineno or 0) + 1))
    assert len(code - explained) <= 400


def anchored_faults(anchored: Anchored, **brought: list[object]) -> set[str]:
    trust = Namespace(**{**vars(NOTHING), **brought})
    return {kind for one in READER.check(anchored.vault.path, trust) for kind, *_ in one.faults}


def test_both_believe_the_same_anchors(anchored: Anchored, authority: Authority, stranger: Authority):
    witness, other = (READER.Key.parse(each.verifier.text) for each in (WITNESS, STRANGER))
    assert anchored_faults(anchored) == set()
    assert anchored_faults(anchored, witness=[witness], root=[authority.root]) == set()
    assert anchored_faults(anchored, witness=[other]) == {"bad-anchor"}
    assert anchored_faults(anchored, root=[stranger.root]) == {"bad-anchor"}
    for path in sorted((anchored.vault.path / "anchors").iterdir()):
        for at in range(0, path.stat().st_size, 11):
            before = flip(path, at)
            assert anchored_faults(anchored) == anchored.kinds(trust=Trust()), (path.name, at)
            path.write_bytes(before)


def test_both_see_a_ledger_set_back_or_written_anew(anchored: Anchored, keys: Keys, tmp_path: Path):
    for count, kind in ((1, "rolled-back"), (5, "rewritten")):
        other = tmp_path / str(count) / ORGANISATION
        other.parent.mkdir()
        with Store.create(other, ORGANISATION, keys.signer) as made:
            made.commit([keys.records(*(bytes((n,)) for n in range(count)))])
            made.publish()
        for path in (anchored.vault.path / "anchors").iterdir():
            (other / "anchors" / path.name).write_bytes(path.read_bytes())
        assert (
            {found for one in READER.check(other, NOTHING) for found, *_ in one.faults}
            == {kind}
            == anchored.kinds(other)
        )
