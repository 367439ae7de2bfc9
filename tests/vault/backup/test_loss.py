"""A restore that loses entries: only with two signatures, and then everybody who checks can see what was lost."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from muniment.core import ids
from muniment.core.errors import MunimentError, RefusedError, WrongUseError
from muniment.core.home import Home
from muniment.vault import messages as ask
from muniment.vault import shards
from muniment.vault.authority import statements
from muniment.vault.authority.signing import SignedStatement
from muniment.vault.authority.statements import LossAcceptance
from muniment.vault.backup.restoring import Choice, Restored, losses, restore
from muniment.vault.chain import read_opened
from muniment.vault.faults import Report
from muniment.vault.slots import State
from muniment.vault.verify import verify
from tests.vault.backup.conftest import Backups
from tests.vault.backup.test_restoring import content, open_home
from tests.vault.firm import PASSPHRASE, Firm, Person


def head(firm: Firm) -> str:
    """The signed head as it is now, such as somebody outside may keep."""
    room = firm.keeper.room(firm.organisation)
    return room.alone(lambda: room.store.checkpoint_text)


def restored(
    backups: Backups, name: str, choice: Choice, signers: Sequence[Person] | None = None
) -> tuple[Restored, Home]:
    """Restore, with what these people sign about the loss; by default both authorities."""
    firm, home = backups.firm, Home(backups.where.parent / name)
    texts = losses(backups.where, choice, now=firm.clock.time)
    by = (firm.first, firm.second) if signers is None else signers
    signed = tuple(each.sign(text) for text in texts.values() for each in by)
    changed = Choice(choice.generation, checkpoints=choice.checkpoints, signed=signed)
    return restore(backups.where, home, PASSPHRASE, changed, now=firm.clock.time), home


def checked(firm: Firm, home: Home, *outside: str) -> Report:
    return verify(home.vault(firm.organisation), firm.organisation, outside=outside)


def kinds(report: Report) -> set[str]:
    return {str(fault.kind) for fault in report.faults}


def test_what_came_before_the_loss_opens_and_what_came_after_is_named_lost(
    backups: Backups, firm: Firm
) -> None:
    kept, gone = firm.seal(b"kept", b"gone")
    firm.erase(firm.erasure_warrant(gone), gone)
    made = backups.make()
    size = made.entries[firm.organisation]
    (lost,) = firm.seal(b"lost")
    outside = head(firm)
    done, home = restored(backups, "new", Choice(checkpoints=(outside,)))
    (only,) = done.organisations
    last = firm.keeper.room(firm.organisation).store.size - 1
    assert (done.faults, only.lost, only.shard) == ((), (size, last), 2)
    report = checked(firm, home, outside)
    assert report.faults == ()
    assert f"Entries {size} to {last}" in "".join(report.notes)
    assert made.generation in "".join(report.notes)
    keeper = open_home(firm, home)
    room = keeper.room(firm.organisation)
    assert content(keeper, firm.organisation, kept) == b"kept"
    for missing in (gone, lost):
        with pytest.raises((RefusedError, WrongUseError)):
            content(keeper, firm.organisation, missing)
    opened = read_opened(room.store.entry(room.store.last.base).clear)
    assert opened
    assert (opened.reason, opened.range, opened.backup) == ("restore", (size, last), made.generation)
    assert b"vault:backup:restored" in room.store.entry(room.store.last.base + 1).clear
    firm.keeper.close()
    firm.keeper = keeper
    (new,) = firm.seal(b"new")
    assert content(firm.keeper, firm.organisation, new) == b"new"


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_signers_are_refused_before_anything_is_written(
    backups: Backups, firm: Firm, count: int
) -> None:
    backups.make()
    firm.seal(b"lost")
    with pytest.raises(RefusedError, match="would be lost"):
        restored(backups, "new", Choice(checkpoints=(head(firm),)), (firm.first, firm.second)[:count])
    assert not (backups.where.parent / "new").exists()


def test_signers_who_are_no_authorities_are_refused_and_nothing_is_left(backups: Backups, firm: Firm) -> None:
    backups.make()
    firm.seal(b"lost")
    with pytest.raises(RefusedError, match="power"):
        restored(backups, "new", Choice(checkpoints=(head(firm),)), (firm.first, firm.director))
    assert not any((backups.where.parent / "new").iterdir())


def test_what_was_signed_for_another_loss_does_not_count(backups: Backups, firm: Firm) -> None:
    made = backups.make()
    firm.seal(b"lost")
    earlier = Choice(checkpoints=(head(firm),))
    (text,) = losses(backups.where, earlier, now=firm.clock.time).values()
    signed = (firm.first.sign(text), firm.second.sign(text))
    firm.seal(b"lost too")
    choice = Choice(made.generation, checkpoints=(head(firm),), signed=signed)
    with pytest.raises(RefusedError, match="would be lost"):
        restore(backups.where, Home(backups.where.parent / "new"), PASSPHRASE, choice, now=firm.clock.time)


def test_without_the_declared_loss_it_reads_as_a_rollback(backups: Backups, firm: Firm) -> None:
    backups.make()
    firm.seal(b"lost")
    near = head(firm)
    firm.seal(b"lost unseen")
    far = head(firm)
    done, home = restored(backups, "declared", Choice(checkpoints=(near,)))
    assert done.faults == ()
    assert checked(firm, home, near).faults == ()
    assert kinds(checked(firm, home, far)) == {"rolled-back"}  # more was lost than anybody signed
    silent = Home(backups.where.parent / "silent")
    restore(backups.where, silent, PASSPHRASE, now=firm.clock.time)
    assert kinds(checked(firm, silent, near)) <= {"rolled-back", "rewritten"}
    assert kinds(checked(firm, silent, near))


def test_erasures_ordered_in_the_lost_part_are_carried_out(backups: Backups, firm: Firm) -> None:
    kept, gone = firm.seal(b"kept", b"gone")
    first = backups.make()
    firm.erase(firm.erasure_warrant(gone), gone)
    backups.make()
    done, home = restored(backups, "new", Choice(first.generation))
    (only,) = done.organisations
    assert (only.faults, only.erased) == ((), (gone,))
    keeper = open_home(firm, home)
    room = keeper.room(firm.organisation)
    assert content(keeper, firm.organisation, kept) == b"kept"
    assert room.store.slot(room.store.find(ids.record_bytes(gone))).state is State.EMPTY
    keeper.close()


def test_a_loss_over_a_change_of_the_ledger_key(backups: Backups, firm: Firm) -> None:
    """The backup knows nothing of the second shard: the third follows the first, and says so."""
    (kept,) = firm.seal(b"kept")
    backups.make()
    firm.seal(b"lost")
    early = head(firm)
    firm.rotate()
    firm.seal(b"lost too")
    late = head(firm)
    done, home = restored(backups, "new", Choice(checkpoints=(late,)))
    assert (done.faults, done.organisations[0].shard) == ((), 3)
    assert shards.numbers(home.vault(firm.organisation)) == [1, 3]
    assert checked(firm, home, early, late).faults == ()
    keeper = open_home(firm, home)
    assert content(keeper, firm.organisation, kept) == b"kept"
    keeper.close()
    firm.seal(b"unseen")
    assert kinds(checked(firm, home, head(firm))) == {"missing-shard"}


def test_a_backup_over_shards_is_restored_whole_and_goes_on(backups: Backups, firm: Firm) -> None:
    old, gone = firm.seal(b"old", b"gone")
    backups.make()
    firm.rotate()
    (new,) = firm.seal(b"new")
    firm.erase(firm.erasure_warrant(gone), gone)
    made = backups.make()
    assert made.entries[firm.organisation] == firm.keeper.room(firm.organisation).store.size
    again = backups.make()
    assert again.copied < made.copied
    home = Home(backups.where.parent / "new")
    done = restore(backups.where, home, PASSPHRASE, now=firm.clock.time)
    assert (done.faults, done.organisations[0].shard, done.organisations[0].lost) == ((), 2, None)
    keeper = open_home(firm, home)
    assert [content(keeper, firm.organisation, each) for each in (old, new)] == [b"old", b"new"]
    with pytest.raises(RefusedError, match="erased"):
        content(keeper, firm.organisation, gone)
    keeper.close()
    assert checked(firm, home).faults == ()


def test_a_restored_home_can_be_backed_up_and_lose_again(
    backups: Backups, firm: Firm, tmp_path: Path
) -> None:
    (kept,) = firm.seal(b"kept")
    backups.make()
    firm.seal(b"lost")
    _, home = restored(backups, "second", Choice(checkpoints=(head(firm),)))
    firm.keeper.close()
    firm.keeper, firm.home = open_home(firm, home), home
    later = Backups(firm, tmp_path / "backup-2")
    later.make()
    firm.seal(b"lost again")
    done, third = restored(later, "third", Choice(checkpoints=(head(firm),)))
    assert (done.faults, done.organisations[0].shard) == ((), 3)
    assert checked(firm, third, head(firm)).faults == ()
    keeper = open_home(firm, third)
    assert content(keeper, firm.organisation, kept) == b"kept"
    keeper.close()


def test_a_loss_is_accepted_nowhere_but_in_a_restore(firm: Firm) -> None:
    store = firm.keeper.room(firm.organisation).store
    text = statements.write(
        LossAcceptance(
            organisation=firm.organisation,
            shard=2,
            backup="x",
            size=store.size,
            root=store.root.hex(),
            first=store.size,
            last=store.size,
        )
    )
    signatures: tuple[SignedStatement, ...] = (firm.first.sign(text), firm.second.sign(text))
    with pytest.raises(MunimentError):
        firm.do(ask.RotateLedger(firm.organisation, text, signatures))
    assert firm.books.shard == 1
