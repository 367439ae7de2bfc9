"""A mark that is lost or spoiled is none."""

from pathlib import Path

import pytest

from muniment.core.errors import NotAvailableError
from muniment.core.home import Home
from muniment.vault.incremental import Mark
from muniment.vault.marks import read_mark, write_mark


def test_kept_and_read(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert read_mark(home, "org_a") is None
    write_mark(home, "org_a", Mark(3, 4))
    write_mark(home, "org_a", Mark(3, 9))
    assert read_mark(home, "org_a") == Mark(3, 9)
    assert read_mark(home, "org_b") is None
    (path,) = home.care.iterdir()
    for spoiled in (b"", b"{", b'{"full": "all"}'):
        path.write_bytes(spoiled)
        assert read_mark(home, "org_a") is None


def test_a_disk_that_refuses_is_said(tmp_path: Path) -> None:
    (tmp_path / "care").write_bytes(b"a file")
    with pytest.raises(NotAvailableError, match="noted"):
        write_mark(Home(tmp_path), "org_a", Mark(3, 4))
