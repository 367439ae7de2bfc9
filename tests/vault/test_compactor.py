"""A pack is exchanged under whoever reads it; what a crash or a failing disk leaves is found and mended."""

import errno
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from random import Random
from typing import Self

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from muniment.core.errors import NotAvailableError
from muniment.vault import publishing
from muniment.vault.checkpoint import LedgerSigner
from muniment.vault.index import Place
from muniment.vault.packs import read_groups
from muniment.vault.recovery import recover
from muniment.vault.store import Store
from tests.vault.compacting import KEPT, SIZE, build, closed, compacted, everything, first, small_segments
from tests.vault.conftest import ORGANISATION, Keys, Vault, erase
from tests.vault.simulated import FailingDisk, NotingDisk, after_power_cut

__all__ = ["closed", "compacted"]  # fixtures


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_each_call_that_fails_loses_nothing(closed: Vault, tmp_path: Path, number: int):
    for at in range(60):
        copy = closed.copy(tmp_path / str(at) / ORGANISATION)
        disk, refused = FailingDisk(10**9, number), False
        with copy.open(disk=disk) as store:
            before = everything(store, copy.keys)
            disk.fails_at = disk.calls + at
            try:
                store.compact(1)
            except NotAvailableError:
                refused = True
            disk.fails_at = 10**9
            assert everything(store, copy.keys) == before, (at, disk.what)
            store.commit([copy.keys.records(b"afterwards")])
            store.publish()
        with copy.open() as store:
            assert everything(store, copy.keys)[:4] == before[:4], (at, disk.what)
            store.compact(1)
        assert copy.verify(deep=True).faults == (), (at, disk.what)
        assert not (copy.path / "packs" / "aside").exists()
        shutil.rmtree(copy.path.parent)
        if not disk.what:
            assert not refused
            assert at > 8
            return
        assert refused or disk.what == "remove", (at, disk.what)
    pytest.fail("a compaction takes more calls than were tried")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, keys: Keys):
    """Every change to a disk while two compactions run, and the state that must be found after any of them."""
    root = tmp_path_factory.mktemp("noted") / "vault"
    disk = NotingDisk(root)
    with pytest.MonkeyPatch.context() as patch:
        small_segments(patch)
        vault = build(root, keys, disk=disk)
        made = len(disk.changes)
        with vault.open(disk=disk) as store:
            before = everything(store, keys)
            store.compact(1)
            erase(store, keys, 3)
            store.compact(1)
    return disk.changes, made, before


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate,))
@given(data=st.data())
def test_power_cut(tmp_path_factory: pytest.TempPathFactory, keys: Keys, recorded, data: st.DataObject):
    changes, made, before = recorded
    cut = data.draw(st.integers(made, len(changes)))
    files = after_power_cut(changes[:cut], Random(data.draw(st.integers(0, 2**32))))
    root = tmp_path_factory.mktemp("cut") / "vault"
    for name in ("packs", "keys", "log", "anchors"):
        (root / name).mkdir(parents=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    vault = Vault(root, keys)
    with pytest.MonkeyPatch.context() as patch:
        small_segments(patch)
        with vault.open() as store:
            assert [store.entry(seq).leaf_data for seq in range(20)] == before[0]
            for seq in KEPT[1:]:
                keys.data_key(store, seq)
            store.compact(1)
            store.publish()
    assert vault.verify(deep=True).faults == ()
    shutil.rmtree(root.parent)


def stale(closed: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compact, and crash between the pack's rename and the index."""
    with monkeypatch.context() as patched, closed.open() as store:
        patched.setattr(publishing, "renew_index", lambda *_: None)
        store.compact(1)


def test_an_index_that_a_crash_left_behind_is_found_and_mended(
    closed: Vault, monkeypatch: pytest.MonkeyPatch
):
    keys = closed.keys
    with closed.open() as store:
        before = everything(store, keys)
    stale(closed, monkeypatch)
    assert {kind for kind, _ in first(closed)} == {"damaged-index"}
    with closed.open() as store:
        assert everything(store, keys) == before
    assert first(closed) == set()
    found = recover(store._layout, ORGANISATION, keys.signer.verifier)
    assert (found.indexed, found.renewed) == (True, ())


def test_a_reader_alone_needs_no_mending(closed: Vault, monkeypatch: pytest.MonkeyPatch):
    with closed.open() as store:
        before = [store.entry(seq) for seq in KEPT]
    stale(closed, monkeypatch)
    image = (closed.path / "index").read_bytes()
    with Store.open(closed.path, ORGANISATION, None, read_only=True) as reader:
        assert [reader.entry(seq) for seq in KEPT] == before
    assert (closed.path / "index").read_bytes() == image


@pytest.mark.parametrize("renewed", [1, 5, 11])
def test_an_index_that_was_half_written_is_mended_too(
    closed: Vault, renewed: int, monkeypatch: pytest.MonkeyPatch
):
    old = (closed.path / "index").read_bytes()
    with closed.open() as store:
        store.compact(1)
    new = (closed.path / "index").read_bytes()
    (closed.path / "index").write_bytes(new[: renewed * 64] + old[renewed * 64 :])
    with closed.open() as store:
        assert [store.entry(seq).seq for seq in range(store.size)] == list(range(store.size))
    assert (closed.path / "index").read_bytes() == new


def test_the_longer_form_brought_back_is_found_and_read(closed: Vault):
    """A restored backup, or a disk that took a rename back: the same entries, in the other form."""
    path = closed.path / "packs" / "000001.pack"
    longer = path.read_bytes()
    with closed.open() as store:
        store.compact(1)
    path.write_bytes(longer)
    with closed.open() as store:
        assert [store.entry(seq).seq for seq in range(store.size)] == list(range(store.size))
        assert store.compact(1).stubs
    assert closed.verify(deep=True).faults == ()


class Busy:
    """Threads that read the same entries again and again, and one that commits, until told to stop."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self.store, self.keys = store, keys
        self.wanted = {seq: store.entry(seq) for seq in KEPT}
        self.wrong = list[object]()
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=work) for work in (self.read, self.read, self.write)]

    def read(self) -> None:
        while not self.stop.is_set():
            for seq, entry in self.wanted.items():
                try:
                    if self.store.entry(seq) != entry:
                        self.wrong.append(seq)
                except Exception as error:  # noqa: BLE001  whatever it is, it is counted
                    self.wrong.append(error)

    def write(self) -> None:
        while not self.stop.is_set():
            self.store.commit([self.keys.records(b"meanwhile")])
            self.store.publish()

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()


def test_commits_and_openings_go_on_while_packs_are_exchanged(closed: Vault):
    path = closed.path / "packs" / "000001.pack"
    longer = path.read_bytes()
    places = [place for group in read_groups(longer, 1) for place in group.places]
    with closed.open() as store:
        with Busy(store, closed.keys) as busy:
            for _ in range(15):
                assert store.compact(1).stubs
                _put_back(store, path, longer, places)
            store.compact(1)
        assert busy.wrong == []
        assert store.size > SIZE + 5
    assert closed.verify(deep=True).faults == ()


def _put_back(store: Store, path: Path, longer: bytes, places: list[Place]) -> None:
    """Exchange a compacted pack for the longer one, so that it can be compacted once more."""
    back = path.with_name("longer")
    back.write_bytes(longer)

    def rename() -> None:
        back.rename(path)
        store._ledger.index.renew(0, places)

    with store._committing:
        store._reader.exchange(1, rename)
        store._compactor.exchanges += 1


COMPACTOR = """
import sys
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from muniment.vault.checkpoint import LedgerSigner
from muniment.vault.store import Store
from tests.vault.conftest import ORGANISATION
signer = LedgerSigner(ORGANISATION, Ed25519PrivateKey.from_private_bytes(bytes(32)))
with Store.open(Path(sys.argv[1]), ORGANISATION, signer) as store:
    print("opened", flush=True)
    print(store.compact(1).stubs, flush=True)
"""
CALLS = {"pwritev,pwritev2": 14, "fdatasync": 7, "fsync": 6, "rename": 1}


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("what", ["signal=KILL", "error=ENOSPC"])
def test_system_calls_that_kill_or_fail(
    tmp_path: Path, call: str, what: str, monkeypatch: pytest.MonkeyPatch
):
    small_segments(monkeypatch)
    signer = LedgerSigner(ORGANISATION, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    keys = Keys(X25519PrivateKey.from_private_bytes(bytes(32)), signer)
    whole = build(tmp_path / "whole" / ORGANISATION, keys)
    with whole.open() as store:
        before = everything(store, keys)
    stopped = 0
    for at in range(1, CALLS[call] + 1):
        vault = whole.copy(tmp_path / str(at) / ORGANISATION)
        command = ["strace", "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e"]
        run = subprocess.run(
            [*command, f"inject={call}:{what}:when={at}", sys.executable, "-c", COMPACTOR, str(vault.path)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        if "ptrace" in run.stderr.lower():
            pytest.skip("This machine does not let strace trace.")
        stopped += run.returncode != 0
        with vault.open() as store:
            assert everything(store, keys) == before, (call, at)
            store.compact(1)
        assert vault.verify(deep=True).faults == (), (call, at)
    assert stopped, "strace injected nothing"
