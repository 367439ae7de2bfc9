"""A rehearsal restores, verifies, and leaves nothing behind."""

from pathlib import Path

import pytest

from muniment.core.errors import FaultFoundError
from muniment.vault.backup.drill import drill
from tests.vault.backup.conftest import Backups
from tests.vault.backup.store import Answer, Store
from tests.vault.firm import PASSPHRASE, Firm


def test_a_drill_passes_and_leaves_nothing(backups: Backups, firm: Firm, tmp_path: Path) -> None:
    firm.seal(b"one", b"two")
    made = backups.make()
    before = sorted(tmp_path.rglob("*"))
    done = drill(backups.where, PASSPHRASE)
    assert done.passed
    assert done.restored.organisations[0].entries == made.entries[firm.organisation]
    assert sorted(tmp_path.rglob("*")) == before


def test_a_drill_finds_what_is_damaged(backups: Backups, firm: Firm, tmp_path: Path) -> None:
    firm.seal(b"one")
    backups.make()
    slots = next(backups.where.glob("keys/*/org_*/*.keys"))
    slots.write_bytes(slots.read_bytes()[:-64] + bytes(64))
    done = drill(backups.where, PASSPHRASE, scratch=tmp_path)
    assert not done.passed
    assert [fault.kind for fault in done.restored.faults] == ["lost-key"]


def test_a_drill_from_a_bucket(backups: Backups, firm: Firm, s3_store: Store, tmp_path: Path) -> None:
    bucket = s3_store.bucket(lock=True, lock_days=30)
    firm.seal(b"one" * 5000, b"two")
    backups.make(where=bucket)
    done = drill(bucket, PASSPHRASE, scratch=tmp_path)
    assert done.passed
    assert done.restored.organisations[0].records == 2
    unlocked = s3_store.bucket(lock=True)
    backups.make(where=unlocked)
    unlocked.lock_days = 30
    done = drill(unlocked, PASSPHRASE, scratch=tmp_path)
    assert not done.passed
    assert {fault.kind for fault in done.lapsed} == {"lock-lapsed"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home"]


def test_a_drill_from_a_bucket_finds_a_store_that_lies(
    backups: Backups, firm: Firm, s3_store: Store, tmp_path: Path
) -> None:
    bucket = s3_store.bucket()
    firm.seal(b"one" * 5000)
    backups.make(where=bucket)

    def spoil(method: str, path: str, answer: Answer) -> Answer:
        if method == "GET" and ".pack/" in path and "?" not in path:
            return answer._replace(body=answer.body[:100] + b"?" + answer.body[101:])
        return answer

    s3_store.between.spoil = spoil
    with pytest.raises(FaultFoundError, match="damaged"):
        drill(bucket, PASSPHRASE, scratch=tmp_path)
