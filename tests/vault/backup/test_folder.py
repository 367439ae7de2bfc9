"""The folder of a backup: what is particular to a disk."""

from pathlib import Path

import pytest

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.vault.backup.folder import Folder, append, same_up_to


def test_where_there_is_no_backup(tmp_path: Path) -> None:
    with (
        pytest.raises(NotAvailableError, match="There is no"),
        Folder(tmp_path / "nowhere").alone(writing=False),
    ):
        pass


def test_one_command_at_a_time(tmp_path: Path) -> None:
    one = Folder(tmp_path / "backup")
    with (
        one.alone(writing=True),
        pytest.raises(NotAvailableError, match="at work"),
        Folder(one.path).alone(writing=False),
    ):
        pass


def test_bytes_are_copied_to_their_place(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(bytes(range(200)))
    target.write_bytes(bytes(range(100)) + b"rubbish")
    assert same_up_to(source, target, 100) == 100
    assert same_up_to(source, target, 107) == 100
    assert sum(append(source, target, 100, 100, 150)) == 50
    assert target.read_bytes() == bytes(range(150))
    with pytest.raises(FaultFoundError, match="shorter"):
        list(append(source, target, 150, 150, 300))
    list(append(source, target, 10, 198, 200))
    assert target.read_bytes() == bytes([*range(10), 198, 199])


def test_what_a_power_cut_left_is_written_anew(tmp_path: Path) -> None:
    source, place = tmp_path / "source", Folder(tmp_path / "backup")
    source.write_bytes(bytes(range(200)))
    list(place.grow("packs/one", source, 100))
    (place.path / "packs" / "one").write_bytes(bytes(range(100)) + b"rubbish")
    list(place.grow("packs/one", source, 200, start=100, kept=100))
    assert (place.path / "packs" / "one").read_bytes() == bytes(range(200))


def test_a_file_that_was_being_written_is_none(tmp_path: Path) -> None:
    place = Folder(tmp_path)
    place.write("keys/one/keyring", b"whole")
    (tmp_path / "keys" / "one" / "other.part").write_bytes(b"half")
    assert [each.name for each in place.listed("keys/")] == ["keys/one/keyring"]


def test_the_disk_refuses(tmp_path: Path) -> None:
    (tmp_path / "backup").write_bytes(b"a file")
    with (
        pytest.raises(NotAvailableError, match="cannot be used"),
        Folder(tmp_path / "backup").alone(writing=True),
    ):
        pass
