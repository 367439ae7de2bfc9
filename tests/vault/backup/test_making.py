"""Backups grow, do not lose, and let keys go in time."""

from pathlib import Path

import pytest

from muniment.core.errors import FaultFoundError, NotAvailableError, WrongUseError
from muniment.vault.backup import making
from muniment.vault.backup import generations
from muniment.vault.backup.folder import Folder
from muniment.vault.backup.making import DAY
from tests.vault.backup.conftest import Backups
from tests.vault.firm import Firm


def packs(backups: Backups) -> bytes:
    folder = backups.where / "packs" / backups.firm.organisation
    return b"".join(path.read_bytes() for path in sorted(folder.glob("*.pack")))


def test_only_what_is_new_is_copied(backups: Backups, firm: Firm) -> None:
    firm.seal(b"one" * 1000)
    first = backups.make()
    assert first.copied == len(packs(backups))
    before = packs(backups)
    firm.seal(b"two" * 1000)
    second = backups.make()
    assert packs(backups).startswith(before)
    assert second.copied == len(packs(backups)) - len(before)
    assert second.kept == (first.generation, second.generation)
    assert second.entries == {firm.organisation: firm.keeper.room(firm.organisation).store.size}


def test_expired_keys_go_with_the_next_backup_and_packs_stay(backups: Backups, firm: Firm) -> None:
    firm.seal(b"one")
    first = backups.make(days=7)
    firm.clock.time += 7 * DAY - 1
    assert backups.make().removed == ()
    firm.clock.time += 1
    third = backups.make()
    assert third.removed == (first.generation,)
    assert first.generation not in {path.name for path in (backups.where / "keys").iterdir()}
    assert packs(backups)


@pytest.mark.parametrize("days", [0, 31, -1])
def test_keys_are_not_kept_for_longer_than_an_erasure_may_wait(backups: Backups, days: int) -> None:
    with pytest.raises(WrongUseError, match="30 days"):
        backups.make(days)


def test_a_backup_that_was_cut_short_is_taken_up(
    backups: Backups, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm.seal(b"one" * 1000)
    first = backups.make()
    firm.seal(b"two" * 1000, b"three" * 1000)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(making, "Generation", full)
        with pytest.raises(NotAvailableError):
            backups.make()
    pack = next((backups.where / "packs" / firm.organisation).glob("*.pack"))
    with pack.open("r+b") as stream:  # what a power cut may do to bytes that were never synced
        stream.seek(-100, 2)
        stream.write(bytes(100))
    second = backups.make()
    assert second.kept == (first.generation, second.generation)
    assert generations.listing(Folder(backups.where)).unfinished == ()
    assert packs(backups) == pack_of(firm)[: len(packs(backups))]


def pack_of(firm: Firm) -> bytes:
    return (firm.home.vault(firm.organisation) / "packs" / "000001.pack").read_bytes()


def test_what_was_backed_up_is_not_overwritten_by_something_else(backups: Backups, firm: Firm) -> None:
    firm.seal(b"one" * 1000)
    backups.make()
    pack = next((backups.where / "packs" / firm.organisation).glob("*.pack"))
    with pack.open("r+b") as stream:
        stream.seek(200)
        stream.write(b"another")
    before = packs(backups)
    with pytest.raises(FaultFoundError, match="Nothing was overwritten"):
        backups.make()
    assert packs(backups) == before


def test_the_backup_of_another_installation_is_refused(backups: Backups, tmp_path: Path) -> None:
    backups.make()
    other = backups.where / "packs" / backups.firm.organisation / "ledger-key"
    other.write_text("another")
    with pytest.raises(FaultFoundError, match="another ledger"):
        backups.make()


def test_one_at_a_time(backups: Backups) -> None:
    backups.make()
    with Folder(backups.where).alone(writing=False), pytest.raises(NotAvailableError, match="at work"):
        backups.make()
