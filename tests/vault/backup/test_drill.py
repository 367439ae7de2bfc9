"""A rehearsal restores, verifies, and leaves nothing behind."""

from pathlib import Path

from muniment.vault.backup.drill import drill
from tests.vault.backup.conftest import Backups
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
