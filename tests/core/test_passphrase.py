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


def test_systemd_gives_it_as_a_credential(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(passphrase.VARIABLE, raising=False)
    monkeypatch.setenv(passphrase.CREDENTIALS, str(tmp_path))
    assert passphrase.read(None) == b""
    (tmp_path / passphrase.CREDENTIAL).write_bytes(b"from systemd\n")
    assert passphrase.read(None) == b"from systemd"
    (tmp_path / "named").write_bytes(b"named")
    monkeypatch.setenv(passphrase.VARIABLE, str(tmp_path / "named"))
    assert passphrase.read(None) == b"named"
    (tmp_path / "given").write_bytes(b"given")
    assert passphrase.read(tmp_path / "given") == b"given"


def test_no_file_empty_file_missing_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(passphrase.VARIABLE, raising=False)
    monkeypatch.delenv(passphrase.CREDENTIALS, raising=False)
    assert passphrase.read(None) == b""
    assert passphrase.read_where_named(None) is None
    with pytest.raises(WrongUseError, match="--passphrase-file"):
        passphrase.read_new(None)
    (tmp_path / "empty").write_bytes(b"\n")
    with pytest.raises(WrongUseError, match="empty"):
        passphrase.read(tmp_path / "empty")
    with pytest.raises(NotAvailableError, match="cannot be read"):
        passphrase.read(tmp_path / "absent")
