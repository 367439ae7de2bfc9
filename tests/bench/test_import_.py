"""The measure of imports measures imports."""

from pathlib import Path

import pytest

from muniment.bench import import_
from muniment.bench.mails import mail_mix
from tests.capture.memory_keeper import ORGANISATION, MemoryKeeper


def test_both_sides_do_their_work(tmp_path: Path) -> None:
    mails = tmp_path / "mails"
    mails.mkdir()
    for number, mail in enumerate(mail_mix(300)):
        (mails / f"{number}.eml").write_bytes(mail)
    keeper = MemoryKeeper()
    for rounds in (1, 2):
        assert import_._ours(keeper, ORGANISATION, mails) > 0  # type: ignore[arg-type]  # a keeper in memory
        assert len(keeper.records()) == 300 * rounds
    assert import_._limit(mails, tmp_path / "raw") > 0
    assert (tmp_path / "raw").stat().st_size > 300 * 32


def test_the_figure_comes_from_a_real_keeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(import_, "MAILS", 40)
    figure = import_.measure()
    assert (figure.name, figure.unit) == ("import", "mails/s")
    assert figure.ratio > 0
    assert list(tmp_path.iterdir()) == []
