"""A power cut, a full disk, a failing disk, a kill: nothing that was acknowledged is lost."""

import errno
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from muniment.core.errors import MunimentError, NotAvailableError
from muniment.core.ids import record_text
from muniment.core.tags import EventTag
from muniment.vault import grouping
from muniment.vault.checkpoint import LedgerSigner
from muniment.vault.content import pack_content
from muniment.vault.frames import read_head
from muniment.vault.sealing import open_entry
from muniment.vault.slots import State
from muniment.vault.store import Store
from tests.project.test_second_reader import second
from tests.vault.conftest import ORGANISATION, STATEMENT, Keys, Vault, erase
from tests.vault.simulated import FailingDisk, NotingDisk, after_power_cut, in_any_order


def check(store: Store, keys: Keys, acknowledged: dict[int, bytes], erased: set[int]) -> None:
    """Everything acknowledged can be read as it was; what was ordered erased cannot."""
    assert store.size >= max(acknowledged, default=-1) + 1
    for seq, original in acknowledged.items():
        entry = store.entry(seq)
        assert store.erasure_ordered(seq) or seq not in erased
        if store.erasure_ordered(seq):
            assert store.slot(seq).state is State.EMPTY
            continue
        plaintext = open_entry(keys.data_key(store, seq), entry.head, entry.commitment, entry.ciphertext)
        assert plaintext == pack_content(STATEMENT, original)


@pytest.fixture(scope="module", params=[grouping.LARGE, 1], ids=["small groups", "groups hashed meanwhile"])
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, keys: Keys):
    """A life of a vault: its changes, and after which of them what was acknowledged."""
    root = tmp_path_factory.mktemp("noted") / "vault"
    disk = NotingDisk(root)
    acknowledged: list[tuple[int, dict[int, bytes], set[int]]] = []
    sealed: dict[int, bytes] = {}
    erased: set[int] = set()

    def note() -> None:
        acknowledged.append((len(disk.changes), dict(sealed), set(erased)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grouping, "PACK_CLOSES_AT", 900)
        patch.setattr(grouping, "LARGE", request.param)
        with Store.create(root, ORGANISATION, keys.signer, disk=disk) as store:
            note()
            for number in range(7):
                originals = [bytes((65 + number,)) * 20 * (at + 1) for at in range(number % 3 + 1)]
                commit = store.commit([keys.records(*originals)])
                sealed |= dict(enumerate(originals, commit.first))
                note()
                if number % 2:
                    store.publish()
                    note()
                if number == 4:
                    erase(store, keys, 1)
                    erased.add(1)
                    note()
                    # A record and the order to erase it in one group: its slot is empty in the last group.
                    batch = keys.records(b"short-lived")
                    (entry,) = batch.entries
                    order = keys.action(EventTag.RECORD_ERASED, record=record_text(read_head(entry.head).id))
                    commit = store.commit([batch, order])
                    note()
                    store.destroy_key(commit.first)
                    sealed[commit.first] = b"short-lived"
                    erased.add(commit.first)
                    note()
                if number == 5:
                    turning = keys.begin_turn(store)
                    turning.advance(3)
                    erase(store, keys, 2)
                    erased.add(2)
                    note()
                    store.finish_turn(turning)
                    note()
                    erase(store, keys, 0)
                    erased.add(0)
                    note()
    return disk.changes, acknowledged


DERIVED = {"damaged-tile", "damaged-index", "extra-file"}
"""What a crash while a checkpoint is published leaves, and the next opening mends."""


@settings(max_examples=120, suppress_health_check=list(HealthCheck), phases=(Phase.generate,))
@given(data=st.data())
def test_power_cut(tmp_path_factory: pytest.TempPathFactory, keys: Keys, recorded, data: st.DataObject):
    changes, acknowledged = recorded
    made = acknowledged[0][0]
    cut = data.draw(st.integers(made, len(changes)))
    random = Random(data.draw(st.integers(0, 2**32)))
    files = after_power_cut(in_any_order(changes, random)[:cut], random)
    root = tmp_path_factory.mktemp("cut") / ORGANISATION
    for name in ("packs", "keys", "log", "anchors"):
        (root / name).mkdir(parents=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    _, sealed, erased = [state for state in acknowledged if state[0] <= cut][-1]
    vault = Vault(root, keys)
    harmless = {"torn-tail", "undestroyed-key"} | DERIVED
    assert vault.kinds() <= harmless  # also before anybody has recovered it
    assert {kind for kind, _ in second(vault)} <= harmless
    with vault.open() as store:
        check(store, keys, sealed, erased)
        commit = store.commit([keys.records(b"afterwards")])
        store.publish()
        check(store, keys, sealed | {commit.first: b"afterwards"}, erased)
    assert vault.verify(deep=True).faults == ()
    shutil.rmtree(root.parent)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_each_call_that_fails_leaves_all_that_was_acknowledged(
    tmp_path: Path, keys: Keys, number: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(grouping, "PACK_CLOSES_AT", 500)
    at = 0
    while True:
        vault = Vault(tmp_path / str(at), keys)
        Store.create(vault.path, ORGANISATION, keys.signer).close()
        disk = FailingDisk(at, number)
        sealed: dict[int, bytes] = {}
        erased: set[int] = set()
        refused = 0
        store = None
        try:
            store = vault.open(disk=disk)
            for text in (b"one", b"two" * 200, b"three"):
                before = store.size
                try:
                    commit = store.commit([keys.records(text)])
                    sealed[commit.first] = text
                except NotAvailableError:
                    refused += 1
                    assert store.size == before
            store.publish()
            erase(store, keys, 0)
            erased.add(0)
            keys.turn(store)
            assert store.epochs() == {2}
            commit = store.commit([keys.records(b"four")])
            sealed[commit.first] = b"four"
            erase(store, keys, 1)
            erased.add(1)
        except MunimentError:
            refused += 1
        finally:
            if store:
                store.close()
        with vault.open() as again:
            check(again, keys, sealed, erased)
        assert vault.verify(deep=True).faults == (), (at, disk.what)
        if not disk.what:
            break
        assert refused, (at, disk.what)
        at += 1
    assert at > 20


@pytest.mark.parametrize("call", [0, 1, 2, 3], ids=["batches", "slots", "entries", "commit frame"])
def test_a_full_disk_refuses_and_the_next_commit_succeeds_without_a_restart(
    tmp_path: Path, keys: Keys, call: int
):
    vault = Vault(tmp_path / "vault", keys)
    Store.create(vault.path, ORGANISATION, keys.signer).close()
    disk = FailingDisk(10**9)
    with vault.open(disk=disk) as store:
        root = store.root
        disk.fails_at = disk.calls + call
        with pytest.raises(NotAvailableError, match="nothing of it was kept"):
            store.commit([keys.records(b"one" * 100)])
        assert disk.what == "write"
        assert (store.size, store.root) == (0, root)
        assert store.commit([keys.records(b"two")]).first == 0
        store.publish()
    assert vault.verify(deep=True).faults == ()


def test_a_huge_group_that_fails_in_its_new_pack_does_not_endanger_the_pack_before(
    tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(grouping, "LARGEST_PACK", 3000)
    vault = Vault(tmp_path / "vault", keys)
    Store.create(vault.path, ORGANISATION, keys.signer).close()
    disk = FailingDisk(10**9)
    with vault.open(disk=disk) as store:
        store.commit([keys.records(b"one")])
        for batch in (keys.seal_noise(2900), keys.records(b"small")):
            disk.fails_at = disk.calls + 4  # two writes, then another pack: open, its folder, write
            with pytest.raises(NotAvailableError):
                store.commit([batch])
            assert disk.what == "write"
        check(store, keys, {0: b"one"}, set())
        store.commit([keys.records(b"two")])
        store.publish()
    with vault.open() as store:
        check(store, keys, {0: b"one", 1: b"two"}, set())
    assert vault.verify(deep=True).faults == ()


@pytest.mark.parametrize("sync", [4, 5, 6], ids=["pack", "batches", "slots"])
def test_after_a_failed_sync_nothing_more_is_taken_until_the_vault_is_opened_again(
    tmp_path: Path, keys: Keys, sync: int
):
    vault = Vault(tmp_path / "vault", keys)
    Store.create(vault.path, ORGANISATION, keys.signer).close()
    disk = FailingDisk(10**9, errno.EIO)
    with vault.open(disk=disk) as store:
        disk.fails_at = disk.calls + sync
        for _ in range(2):
            with pytest.raises(NotAvailableError):
                store.commit([keys.records(b"one")])
        assert disk.what == "sync"
    with vault.open() as store:
        assert store.commit([keys.records(b"two")]).first == store.size - 1


WRITER = """
import sys
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from muniment.vault import grouping
from muniment.vault.checkpoint import LedgerSigner
from muniment.vault.store import Store
from tests.project.test_second_reader import second
from tests.vault.conftest import ORGANISATION, Keys, erase
grouping.PACK_CLOSES_AT = 500
keys = Keys(X25519PrivateKey.from_private_bytes(bytes(32)), LedgerSigner(ORGANISATION, Ed25519PrivateKey.from_private_bytes(bytes(32))))
with Store.open(Path(sys.argv[1]), ORGANISATION, keys.signer) as store:
    for number in range(3):
        commit = store.commit([keys.records(str(number).encode() * 90)])
        print(commit.first, number, flush=True)
        store.publish()
"""
CALLS = {"pwritev,pwritev2": 12, "fdatasync": 15, "fsync": 20, "rename": 12, "ftruncate": 6}


@pytest.fixture
def fixed(tmp_path: Path) -> Vault:

    signer = LedgerSigner(ORGANISATION, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    keys = Keys(X25519PrivateKey.from_private_bytes(bytes(32)), signer)
    with Store.create(tmp_path / "vault", ORGANISATION, signer) as store:
        store.commit([keys.action(EventTag.GENESIS)])
        store.publish()
    return Vault(tmp_path / "vault", keys)


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("what", ["signal=KILL", "error=EIO"])
def test_system_calls_that_kill_or_fail(tmp_path: Path, fixed: Vault, call: str, what: str):
    """strace kills the writer at, or fails, each call in turn (the test of tessera's POSIX storage)."""
    stopped = 0
    for at in range(1, CALLS[call] + 1, 2):
        vault = fixed.copy(tmp_path / f"copy-{at}")
        command = [
            "strace",
            "-f",
            "-o",
            "/dev/null",
            "-e",
            f"trace={call}",
            "-e",
            f"inject={call}:{what}:when={at}",
        ]
        run = subprocess.run(
            [*command, sys.executable, "-c", WRITER, str(vault.path)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        if "ptrace" in run.stderr or "PTRACE" in run.stderr:
            pytest.skip("This machine does not let strace trace.")
        stopped += run.returncode != 0
        lines = [line.split() for line in run.stdout.splitlines()]
        acknowledged = {int(first): number.encode() * 90 for first, number in lines}
        with vault.open() as store:
            check(store, vault.keys, acknowledged, set())
        assert vault.verify(deep=True).faults == (), (call, at)
    assert stopped, "strace injected nothing"
