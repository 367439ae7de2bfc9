"""Backups grow, do not lose, and let keys go in time."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from muniment.core import clock
from muniment.core.errors import FaultFoundError, NotAvailableError, WrongUseError
from muniment.core.home import Home
from muniment.vault.backup import generations, making
from muniment.vault.backup.folder import Folder
from muniment.vault.backup.generations import DAY
from muniment.vault.backup.restoring import restore
from tests.vault.backup.conftest import Backups
from tests.vault.backup.store import Store
from tests.vault.firm import PASSPHRASE, Firm


def packs(backups: Backups) -> bytes:
    folder = backups.where / "packs" / backups.firm.organisation
    return b"".join(path.read_bytes() for path in sorted(folder.glob("*.pack")))


def test_only_what_is_new_is_copied(backups: Backups, firm: Firm) -> None:
    firm.seal(b"one" * 1000)
    first = backups.make()
    assert first.copied == len(packs(backups))
    before = packs(backups)
    firm.seal(b"two" * 1000)
    second = backups.make()
    assert packs(backups).startswith(before)
    assert second.copied == len(packs(backups)) - len(before)
    assert second.kept == (first.generation, second.generation)
    assert second.entries == {firm.organisation: firm.keeper.room(firm.organisation).store.size}


def test_expired_keys_go_with_the_next_backup_and_packs_stay(backups: Backups, firm: Firm) -> None:
    firm.seal(b"one")
    first = backups.make(days=7)
    firm.clock.time += 7 * DAY - 1
    assert backups.make().removed == ()
    firm.clock.time += 1
    third = backups.make()
    assert third.removed == (first.generation,)
    assert first.generation not in {path.name for path in (backups.where / "keys").iterdir()}
    assert packs(backups)


@pytest.mark.parametrize("days", [0, 31, -1])
def test_keys_are_not_kept_for_longer_than_an_erasure_may_wait(backups: Backups, days: int) -> None:
    with pytest.raises(WrongUseError, match="30 days"):
        backups.make(days)


def test_a_backup_that_was_cut_short_is_taken_up(
    backups: Backups, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm.seal(b"one" * 1000)
    first = backups.make()
    firm.seal(b"two" * 1000, b"three" * 1000)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(making, "Generation", full)
        with pytest.raises(NotAvailableError):
            backups.make()
    pack = next((backups.where / "packs" / firm.organisation).glob("*.pack"))
    with pack.open("r+b") as stream:  # what a power cut may do to bytes that were never synced
        stream.seek(-100, 2)
        stream.write(bytes(100))
    second = backups.make()
    assert second.kept == (first.generation, second.generation)
    assert generations.listing(Folder(backups.where)).unfinished == ()
    assert packs(backups) == pack_of(firm)[: len(packs(backups))]


def pack_of(firm: Firm) -> bytes:
    return (firm.home.vault(firm.organisation) / "packs" / "000001.pack").read_bytes()


def test_what_was_backed_up_is_not_overwritten_by_something_else(backups: Backups, firm: Firm) -> None:
    firm.seal(b"one" * 1000)
    backups.make()
    pack = next((backups.where / "packs" / firm.organisation).glob("*.pack"))
    with pack.open("r+b") as stream:
        stream.seek(200)
        stream.write(b"another")
    before = packs(backups)
    with pytest.raises(FaultFoundError, match="Nothing was overwritten"):
        backups.make()
    assert packs(backups) == before


def test_the_backup_of_another_installation_is_refused(backups: Backups, tmp_path: Path) -> None:
    backups.make()
    other = backups.where / "packs" / backups.firm.organisation / "ledger-key"
    other.write_text("another")
    with pytest.raises(FaultFoundError, match="another ledger"):
        backups.make()


def test_one_at_a_time(backups: Backups) -> None:
    backups.make()
    with Folder(backups.where).alone(writing=False), pytest.raises(NotAvailableError, match="at work"):
        backups.make()


def test_only_what_is_new_goes_to_a_bucket(backups: Backups, firm: Firm, s3_store: Store) -> None:
    bucket = s3_store.bucket()
    firm.seal(b"one" * 1000)
    first = backups.make(where=bucket)
    before = len(pack_of(firm))
    firm.seal(b"two" * 1000)
    s3_store.between.seen.clear()
    second = backups.make(where=bucket)
    # What the second added, save the entry that names it, and the one of the first.
    assert (
        second.copied == len(b"".join(bucket.read(f"packs/{firm.organisation}/000001.pack"))) - first.copied
    )
    assert first.copied == before
    puts = [path for method, path in s3_store.between.seen if method == "PUT" and ".pack/" in path]
    assert len(puts) == 1
    assert second.kept == (first.generation, second.generation)


def test_expired_keys_leave_a_bucket_in_every_version(backups: Backups, firm: Firm, s3_store: Store) -> None:
    bucket = s3_store.bucket(lock=True, lock_days=40)
    firm.seal(b"one")
    first = backups.make(days=7, where=bucket)
    firm.clock.time += 7 * DAY
    assert backups.make(where=bucket).removed == (first.generation,)
    assert not [key for key, _ in s3_store.versions(bucket) if first.generation in key]


def test_expired_keys_go_also_when_no_backup_can_be_made(
    backups: Backups, firm: Firm, s3_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = s3_store.bucket()
    first = backups.make(days=7, where=bucket)
    firm.clock.time += 7 * DAY

    def away(*_: object) -> None:
        raise NotAvailableError("The keeper is away.")

    monkeypatch.setattr(backups.__class__, "take_keys", away)
    with pytest.raises(NotAvailableError, match="away"):
        backups.make(where=bucket)
    assert not [key for key, _ in s3_store.versions(bucket) if first.generation in key]


def test_another_pack_in_a_bucket_is_not_gone_on_from(backups: Backups, firm: Firm, s3_store: Store) -> None:
    bucket = s3_store.bucket()
    firm.seal(b"one" * 1000)
    backups.make(where=bucket)
    name = f"packs/{firm.organisation}/000001.pack"
    other = bytearray(b"".join(bucket.read(name)))
    other[200] ^= 1
    bucket.remove(f"{name}/")
    (firm.home.path / "other").write_bytes(other)
    list(bucket.grow(name, firm.home.path / "other", len(other)))
    before = s3_store.versions(bucket, bucket.prefix + name)
    with pytest.raises(FaultFoundError, match="Nothing was overwritten"):
        backups.make(where=bucket)
    assert s3_store.versions(bucket, bucket.prefix + name) == before


MAKING = """
import sys
from pathlib import Path
from muniment.core.home import Home
from muniment.vault.backup import s3
from muniment.vault.backup.making import Plan, make
from muniment.vault.backup.places import place
from muniment.vault.backup.s3_client import Access
from muniment.vault.client import connect
s3.EXTENT_BYTES = 4096
home = Home(Path(sys.argv[1]))
with connect(home, sys.argv[4].encode()) as doors:
    plan = Plan(home, (sys.argv[5],), lambda path: path.touch())
    done = make(place(sys.argv[2], access=Access(sys.argv[3])), doors.desk, plan, int(sys.argv[6]))
print(done.generation)
"""


def killed_after(words: list[str], s3_store: Store, requests: int) -> bool:
    """Whether a backup could be killed once it had made so many requests; else it had ended by itself."""
    s3_store.between.seen.clear()
    process = subprocess.Popen(
        [*words, str(clock.seconds())], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while len(s3_store.between.seen) < requests and process.poll() is None:
        time.sleep(0.002)
    ended = process.poll()
    process.kill()
    process.wait()
    return ended is None


def test_killed_in_the_middle_it_is_taken_up_and_everything_comes_back(
    backups: Backups, firm: Firm, s3_store: Store, tmp_path: Path
) -> None:
    """kill -9 after each of some numbers of requests; then one that ends well, and a restore of it."""
    bucket = s3_store.bucket(versions=True)
    firm.seal(*(bytes([number]) * 10 + os.urandom(3000) for number in range(20)))
    firm.keeper.close()
    words = [
        sys.executable,
        "-c",
        MAKING,
        str(firm.home.path),
        bucket.title,
        s3_store.between.endpoint,
        PASSPHRASE.decode(),
        firm.organisation,
    ]
    for after in (8, 12, 17, 23):
        while not killed_after(words, s3_store, after):  # the keeper of the one before is still ending
            time.sleep(0.2)
    time.sleep(0.5)
    assert generations.listing(bucket).whole == ()
    s3_store.between.seen.clear()
    done = subprocess.run([*words, str(clock.seconds())], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    put = {
        path.rpartition("/")[2]
        for method, path in s3_store.between.seen
        if method == "PUT" and ".pack/" in path
    }
    there = {key.rpartition("/")[2] for key, _ in s3_store.versions(bucket) if ".pack/" in key}
    assert put < there  # the extents of those that were killed are not put again
    assert list((firm.home.path / "run").glob("backup-*")) == []
    restored = restore(bucket, Home(tmp_path / "restored"), PASSPHRASE)
    assert restored.faults == ()
    assert restored.organisations[0].records == 20
