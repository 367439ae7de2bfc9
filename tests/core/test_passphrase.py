"""The passphrase comes from a file that is named, whole but for one line end."""

from pathlib import Path

import pytest

from muniment.core import passphrase
from muniment.core.errors import NotAvailableError, WrongUseError


@pytest.mark.parametrize("written", [b"three words here", b"three words here\n", b"three words here\r\n"])
def test_one_line_end_is_dropped(tmp_path: Path, written: bytes) -> None:
    (tmp_path / "file").write_bytes(written)
    assert passphrase.read(tmp_path / "file") == b"three words here"


def test_the_environment_may_name_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b" spaces stay ")
    monkeypatch.setenv(passphrase.VARIABLE, str(tmp_path / "file"))
    assert passphrase.read(None) == b" spaces stay "


def test_no_file_empty_file_missing_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(passphrase.VARIABLE, raising=False)
    with pytest.raises(WrongUseError, match="--passphrase-file"):
        passphrase.read(None)
    (tmp_path / "empty").write_bytes(b"\n")
    with pytest.raises(WrongUseError, match="empty"):
        passphrase.read(tmp_path / "empty")
    with pytest.raises(NotAvailableError, match="cannot be read"):
        passphrase.read(tmp_path / "absent")
