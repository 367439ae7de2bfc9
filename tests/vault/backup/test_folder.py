"""The folder of a backup: whole generations count, others do not."""

from pathlib import Path

import pytest

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.vault.backup.folder import BackupFolder, append
from tests.vault.backup.conftest import Backups


def test_a_generation_counts_when_its_own_file_is_there(backups: Backups) -> None:
    first, second = backups.make(), backups.make()
    folder = BackupFolder(backups.where)
    assert [each.id for each in folder.generations()] == [first.generation, second.generation]
    (folder.generation(second.generation) / "generation.json").unlink()
    assert [each.id for each in folder.generations()] == [first.generation]
    (folder.generation(first.generation) / "generation.json").write_bytes(b"{")
    with pytest.raises(FaultFoundError, match="damaged"):
        folder.generations()


def test_where_there_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(NotAvailableError, match="no backup"), BackupFolder(tmp_path / "nowhere").alone():
        pass


def test_bytes_are_copied_to_their_place(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(bytes(range(200)))
    target.write_bytes(bytes(range(100)) + b"rubbish")
    assert sum(append(source, target, 100, 150)) == 50
    assert target.read_bytes() == bytes(range(150))
    with pytest.raises(FaultFoundError, match="shorter"):
        list(append(source, target, 150, 300))
