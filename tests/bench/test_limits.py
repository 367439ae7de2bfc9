"""The limits compile on this machine and print seconds."""

import struct
from pathlib import Path

import pytest

from muniment.bench import limits
from muniment.bench.limits import build, seconds
from muniment.core.errors import NotAvailableError


@pytest.fixture(autouse=True)
def build_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for source in limits.SOURCES.glob("*.c"):
        (tmp_path / source.name).write_bytes(source.read_bytes())
    monkeypatch.setattr(limits, "SOURCES", tmp_path)


def built(name: str) -> Path:
    try:
        return build(name)
    except NotAvailableError as error:
        pytest.skip(str(error))


def test_each_does_its_work(tmp_path: Path):
    (tmp_path / "file").write_bytes(bytes(1 << 20))
    mails = b"".join(struct.pack("<I", 50_000) + bytes(50_000) for _ in range(20))
    assert seconds(built("seal"), given=mails) > 0
    assert seconds(built("verify"), [str(tmp_path / "file")]) > 0
    assert seconds(built("append"), ["100000"]) > 0


def test_what_is_missing_is_said(tmp_path: Path):
    with pytest.raises(NotAvailableError, match="cannot be measured"):
        build("nothing")
    (tmp_path / "wrong.c").write_text("no C at all")
    if built("append").is_file():
        with pytest.raises(NotAvailableError, match="does not compile"):
            build("wrong")
