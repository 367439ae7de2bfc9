"""An edition is written in the order that leaves the old checkpoint good until the new one is."""

from pathlib import Path

from muniment.vault.store import Store
from tests.vault.conftest import ORGANISATION, Keys
from tests.vault.simulated import NotingDisk


def test_tiles_then_index_then_checkpoint(tmp_path: Path, keys: Keys):
    disk = NotingDisk(tmp_path / "vault")
    with Store.create(tmp_path / "vault", ORGANISATION, keys.signer, disk=disk) as store:
        store.commit([keys.records(b"one")])
        before = len(disk.changes)
        store.publish()
        calls = [(change.what, change.path) for change in disk.changes[before:] if change.what != "folder"]
        folders = [change.path for change in disk.changes[before:] if change.what == "folder"]
    assert calls == [
        ("replace", "log/tile/0/000.p/1"),
        ("replace", "log/tile/entries/000.p/1"),
        ("create", "index"),
        ("write", "index"),
        ("cut", "index"),
        ("sync", "index"),
        ("replace", "log/checkpoint"),
    ]
    assert folders[-1] == "log"
    assert {"log/tile/0/000.p", "log/tile/entries/000.p", "."} <= set(folders)


def test_partial_tiles_stay_until_the_full_one_is_there(tmp_path: Path, keys: Keys):
    log = tmp_path / "vault" / "log" / "tile"
    with Store.create(tmp_path / "vault", ORGANISATION, keys.signer) as store:
        for count in (100, 100):
            store.commit([keys.records(*(b"%d" % n for n in range(count)))])
            store.publish()
        assert sorted(path.name for path in (log / "0/000.p").iterdir()) == ["100", "200"]
        store.commit([keys.records(*(b"%d" % n for n in range(100)))])
        store.publish()
    assert not (log / "0/000.p").exists()
    assert not (log / "entries/000.p").exists()
    assert (log / "0/000").stat().st_size == 8192
    assert (log / "1/000.p/1").exists()


def test_nothing_is_written_where_nothing_is_new(tmp_path: Path, keys: Keys):
    disk = NotingDisk(tmp_path / "vault")
    with Store.create(tmp_path / "vault", ORGANISATION, keys.signer, disk=disk) as store:
        store.commit([keys.records(b"one")])
        store.publish()
        before = len(disk.changes)
        store.publish()
        assert len(disk.changes) == before
