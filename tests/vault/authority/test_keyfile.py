"""Key files: the private half for its owner alone."""

from pathlib import Path

import pytest

from muniment.core.errors import NotAvailableError, WrongUseError
from muniment.vault.authority import keyfile


def test_both_halves_come_back(tmp_path: Path) -> None:
    made = keyfile.generate("per_a")
    public = keyfile.write(tmp_path / "anna", made)
    assert keyfile.read_private(tmp_path / "anna") == made
    assert keyfile.read_public(public) == made.public
    assert (tmp_path / "anna").stat().st_mode & 0o777 == 0o600
    assert made.private not in public.read_bytes()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "anna"
    path.write_text("mine")
    with pytest.raises(WrongUseError):
        keyfile.write(path, keyfile.generate())
    assert path.read_text() == "mine"


def test_one_half_is_not_taken_for_the_other(tmp_path: Path) -> None:
    public = keyfile.write(tmp_path / "anna", keyfile.generate())
    with pytest.raises(WrongUseError):
        keyfile.read_private(public)
    with pytest.raises(WrongUseError):
        keyfile.read_public(tmp_path / "anna")


def test_a_missing_file_or_folder(tmp_path: Path) -> None:
    with pytest.raises(NotAvailableError):
        keyfile.read_private(tmp_path / "nobody")
    with pytest.raises(NotAvailableError):
        keyfile.write(tmp_path / "nowhere" / "anna", keyfile.generate())
