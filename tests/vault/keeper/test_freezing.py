"""The ledger gets another key: nothing that is held is lost, the old key is gone, and a crash changes nothing."""

import os
import shutil
import threading

import pytest

from muniment.core import ids
from muniment.core.errors import FaultFoundError, LockedError, MunimentError, RefusedError, WrongUseError
from muniment.vault import keyring_file, shards
from muniment.vault import messages as ask
from muniment.vault.archive import Archive
from muniment.vault.chain import read_frozen, read_opened
from muniment.vault.keeper import receipts
from muniment.vault.keeper.keeper import Keeper
from muniment.vault.keyring import Keyring
from muniment.vault.ledgers import LedgerRing
from muniment.vault.messages import Receipt
from muniment.vault.segments import StreamSealer
from muniment.vault.slots import State
from muniment.vault.store import Store
from muniment.vault.verify import verify
from muniment.vault.wrapping.passphrase import PassphraseWrapper
from tests.vault.conftest import STATEMENT
from tests.vault.firm import CHEAP, PASSPHRASE, Firm
from tests.vault.keeper.test_crash import KILLED, Step, die_at
from tests.vault.keeper.test_index_door import batch
from tests.vault.small_segments import small

__all__ = ["small"]

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


def read(firm: Firm, *records: str) -> list[bytes]:
    """Open records under a warrant, as somebody would."""
    warrant = firm.admit(firm.warrant(records), records)
    return [firm.read(firm.open(warrant, record)) for record in records]


def sound(firm: Firm) -> bool:
    """Whether the vault is whole, keys and all."""
    firm.keeper.room(firm.organisation).alone(lambda: None)
    report = verify(
        firm.home.vault(firm.organisation),
        firm.organisation,
        keys=lambda epoch: firm.keyring.epoch_private(firm.organisation, epoch),
    )
    assert report.faults == ()
    return True


def test_the_ledger_goes_on_with_another_key_and_says_so_in_clear(firm: Firm) -> None:
    (old,) = firm.seal(b"old")
    room = firm.keeper.room(firm.organisation)
    before, size = room.signer.verifier, room.store.size
    receipt = firm.rotate()
    assert isinstance(receipt, Receipt)
    (new,) = firm.seal(b"new")
    frozen, opened = (room.store.entry(size + n).clear for n in range(2))
    said, first = read_frozen(frozen), read_opened(opened)
    assert said
    assert first
    assert (receipt.first, room.books.shard) == (size + 1, 2)
    assert said.verifier == room.signer.verifier == room.store.verifier
    assert said.verifier.origin == f"muniment/{firm.organisation}/2"
    receipts.verify(receipt, said.verifier)
    assert (first.previous.origin, first.previous.size, first.sequence) == (before.origin, size + 1, size + 1)
    assert (first.reason, first.range) == ("rotation", None)
    assert read(firm, old, new) == [b"old", b"new"]
    firm.restart()
    assert read(firm, old, new) == [b"old", b"new"]
    firm.rotate()
    assert read(firm, old, new) == [b"old", b"new"]
    assert shards.numbers(firm.home.vault(firm.organisation)) == [1, 2, 3]
    assert sound(firm)


def test_the_old_key_is_gone_from_the_keyring(firm: Firm) -> None:
    file = keyring_file.read(firm.home)
    wrapped = file.organisations[firm.organisation].ledger
    firm.rotate()
    own = keyring_file.read(firm.home).organisations[firm.organisation]
    assert (own.ledger, list(own.ledgers)) == (b"", ["2"])
    assert wrapped not in b"".join(
        path.read_bytes() for path in firm.home.keyring.parent.iterdir() if path.is_file()
    )
    assert firm.keyring.ledger_signer(firm.organisation).verifier.origin.endswith("/2")
    firm.rotate()
    own = keyring_file.read(firm.home).organisations[firm.organisation]
    assert (own.ledger, list(own.ledgers)) == (b"", ["3"])


def test_it_takes_two_authorities_and_the_next_number(firm: Firm) -> None:
    size = firm.keeper.room(firm.organisation).store.size
    for signers in ((firm.first,), (firm.first, firm.first), (firm.first, firm.controller)):
        with pytest.raises(RefusedError):
            firm.rotate(*signers)
    with pytest.raises(RefusedError, match="the next is 2"):
        firm.rotate(shard=3)
    with pytest.raises(WrongUseError):
        firm.do(ask.RotateLedger(firm.organisation, b"{}", ()))
    assert (firm.keeper.room(firm.organisation).store.size, firm.books.shard) == (size, 1)
    firm.rotate()
    with pytest.raises(RefusedError, match="the next is 3"):
        firm.rotate(shard=2)  # the same signatures once more
    assert sound(firm)


BEFORE_KEY: Step = (LedgerRing, "keep", False)
AFTER_KEY: Step = (LedgerRing, "keep", True)
BEFORE_FROZEN: Step = (Store, "commit", False)
AFTER_FROZEN: Step = (Store, "commit", True)
BEFORE_LAST_CHECKPOINT: Step = (Store, "retire", False)
AFTER_LAST_CHECKPOINT: Step = (Store, "retire", True)
BEFORE_NEW_SHARD: Step = (Store, "create", False)
AFTER_NEW_SHARD: Step = (Archive, "begin", True)
BEFORE_OLD_KEY_GOES: Step = (LedgerRing, "destroy_before", False)
AFTER_OLD_KEY_WENT: Step = (LedgerRing, "destroy_before", True)


@pytest.mark.parametrize(
    ("step", "done"),
    [
        (BEFORE_KEY, False),
        (AFTER_KEY, False),
        (BEFORE_FROZEN, False),
        (AFTER_FROZEN, True),
        (BEFORE_LAST_CHECKPOINT, True),
        (AFTER_LAST_CHECKPOINT, True),
        (BEFORE_NEW_SHARD, True),
        (AFTER_NEW_SHARD, True),
        (BEFORE_OLD_KEY_GOES, True),
        (AFTER_OLD_KEY_WENT, True),
    ],
)
def test_a_freezing_that_was_cut_short_is_finished_or_has_not_begun(
    firm: Firm, step: Step, done: bool
) -> None:
    (old,) = firm.seal(b"old")
    assert die_at(firm, step, firm.rotate)
    assert firm.books.shard == (2 if done else 1)
    assert firm.keeper.room(firm.organisation).ledgers.shards() == (
        (2,) if done else (1, 2) if step != BEFORE_KEY else (1,)
    )
    (new,) = firm.seal(b"new")
    assert read(firm, old, new) == [b"old", b"new"]
    if not done:
        firm.rotate()
        assert read(firm, old, new) == [b"old", b"new"]
    assert sound(firm)


def test_capture_openings_and_erasures_go_on_meanwhile(firm: Firm) -> None:
    kept, gone = firm.seal(b"kept", b"gone")
    reading, erasing = firm.admit(firm.warrant([kept]), [kept]), firm.erasure_warrant(gone)
    sealed: list[str] = []
    troubles: list[BaseException] = []
    ready, stop = threading.Event(), threading.Event()

    def work(act) -> None:
        try:
            while not stop.is_set():
                act()
                ready.set()
        except BaseException as error:  # noqa: BLE001
            troubles.append(error)

    acts = (lambda: sealed.extend(firm.seal(b"new")), lambda: firm.read(firm.open(reading, kept)))
    threads = [threading.Thread(target=work, args=(act,)) for act in acts * 2]
    for thread in threads:
        thread.start()
    ready.wait(10)
    for _ in range(3):
        firm.rotate()
        firm.seal(b"between")
    firm.erase(erasing, gone)
    stop.set()
    for thread in threads:
        thread.join()
    assert [error for error in troubles if "used up" not in str(error) and "rule" not in str(error)] == []
    firm.restart()
    assert firm.books.shard == 4
    room = firm.keeper.room(firm.organisation)
    for record in sealed:
        room.find(ids.record_bytes(record))
    assert room.store.slot(room.store.find(ids.record_bytes(gone))).state is State.EMPTY
    assert sound(firm)


def test_what_stands_in_a_frozen_shard_is_erased_and_its_keys_turn(firm: Firm) -> None:
    kept, gone = firm.seal(b"kept", b"gone")
    firm.rotate()
    (later,) = firm.seal(b"later")
    firm.erase(firm.erasure_warrant(gone), gone)
    room = firm.keeper.room(firm.organisation)
    assert room.store.slot(room.store.find(ids.record_bytes(gone))).state is State.EMPTY
    assert sound(firm)
    firm.do(ask.TurnEpoch(firm.organisation))
    assert room.store.epochs() == frozenset({2})
    assert read(firm, kept, later) == [b"kept", b"later"]
    with pytest.raises(RefusedError, match="erased"):
        read(firm, gone)
    assert sound(firm)
    firm.restart()
    assert read(firm, kept, later) == [b"kept", b"later"]


@pytest.mark.parametrize(
    "step", [(Store, "commit", True), (Store, "destroy_keys", False), (Store, "destroy_keys", True)]
)
def test_an_erasure_over_shards_that_was_cut_short_is_carried_out(firm: Firm, step: Step) -> None:
    (gone,) = firm.seal(b"gone")
    firm.rotate()
    warrant = firm.erasure_warrant(gone)
    assert die_at(firm, step, lambda: firm.erase(warrant, gone))
    room = firm.keeper.room(firm.organisation)
    assert room.store.slot(room.store.find(ids.record_bytes(gone))).state is State.EMPTY
    assert sound(firm)


@pytest.mark.parametrize("step", [(Store, "finish_turn", True), (Store, "begin_turn", False)])
def test_a_turn_over_shards_that_was_cut_short_is_finished(firm: Firm, step: Step) -> None:
    (old,) = firm.seal(b"old")
    firm.rotate()
    (new,) = firm.seal(b"new")
    assert die_at(firm, step, lambda: firm.do(ask.TurnEpoch(firm.organisation)))
    firm.do(ask.TurnEpoch(firm.organisation))
    room = firm.keeper.room(firm.organisation)
    assert room.store.epochs() == frozenset({2})
    assert read(firm, old, new) == [b"old", b"new"]
    assert sound(firm)


def test_a_recording_that_spans_two_shards_is_read_and_erased_whole(firm: Firm, small: int) -> None:
    key = firm.keyring.current_epoch(firm.organisation)
    sealer = StreamSealer(firm.organisation)
    firm.do(ask.Seal(firm.organisation, sealer.segment(key, b"a" * small, final=False)))
    firm.rotate()
    firm.do(ask.Seal(firm.organisation, sealer.segment(key, b"b" * 7, final=True)))
    firm.do(ask.Seal(firm.organisation, sealer.record(key, STATEMENT)))
    record = ids.record_text(sealer.id)
    room = firm.keeper.room(firm.organisation)
    _, content = room.reading(room.store.entry(room.find(sealer.id)))
    assert content.read(0, small + 7) == b"a" * small + b"b" * 7
    assert sound(firm)
    firm.erase(firm.erasure_warrant(record), record)
    seq = room.store.find(sealer.id)
    assert {room.store.slot(each).state for each in (seq, *room.store.segments(seq))} == {State.EMPTY}
    assert len(room.store.segments(seq)) == 2
    assert sound(firm)


def test_analysers_and_backups_go_on_over_shards(firm: Firm) -> None:
    firm.seal(b"one")
    last = batch(firm, -1).last
    firm.rotate()
    firm.seal(b"two")
    assert [each.original for each in batch(firm, last).entries if each.kind == 1] == [b"two"]


def test_a_shard_that_is_taken_away_is_missed(firm: Firm) -> None:
    firm.rotate()
    firm.seal(b"new")
    firm.keeper.close()
    vault = firm.home.vault(firm.organisation)
    shutil.move(vault / "shards" / "0002", firm.home.path / "away")
    with pytest.raises(FaultFoundError, match="was destroyed"):
        firm.start()
    shutil.move(firm.home.path / "away", vault / "shards" / "0002")
    firm.keeper = firm.start()
    assert sound(firm)


def test_a_disk_that_refuses_leaves_a_shard_that_takes_nothing_until_the_next_start(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Store, "create", full)
        with pytest.raises(MunimentError):
            firm.rotate()
    with pytest.raises(MunimentError):
        firm.seal(b"x")
    firm.restart()
    firm.seal(b"x")
    assert firm.books.shard == 2
    assert sound(firm)


def test_a_ledger_that_was_given_another_key_goes_on_while_the_organisation_is_locked(firm: Firm) -> None:
    (old,) = firm.seal(b"old")
    firm.keyring.protect(firm.organisation, PassphraseWrapper(b"own words", CHEAP))
    firm.rotate()
    firm.keyring = Keyring.unlock(firm.home, PASSPHRASE)
    firm.restart()
    room = firm.keeper.room(firm.organisation)
    assert room.locked
    with pytest.raises(LockedError):
        firm.rotate(shard=3)
    firm.seal(b"while it is locked")
    room.alone(lambda: None)
    assert room.store.published == room.store.size
    firm.do(ask.Unlock(firm.organisation, b"own words"))
    assert read(firm, old) == [b"old"]
    firm.rotate()
    firm.keyring.unlock_organisation(firm.organisation, b"own words")
    firm.keyring.protect(firm.organisation, None)
    firm.restart()
    assert read(firm, old) == [b"old"]
    assert sound(firm)


@pytest.mark.parametrize("step", [AFTER_FROZEN, AFTER_NEW_SHARD])
def test_a_freezing_that_was_cut_short_waits_until_a_locked_organisation_is_unlocked(
    firm: Firm, step: Step
) -> None:
    firm.keyring.protect(firm.organisation, PassphraseWrapper(b"own words", CHEAP))
    locked = Keyring.unlock(firm.home, PASSPHRASE)
    opened, firm.keyring = firm.keyring, locked

    def rotate() -> None:
        firm.do(ask.Unlock(firm.organisation, b"own words"))
        _arm_again(step)
        firm.rotate()

    assert die_at(firm, (Keeper, "status", False), rotate)
    room = firm.keeper.room(firm.organisation)
    assert room.locked
    firm.do(ask.Unlock(firm.organisation, b"own words"))
    assert room.books.shard == 2
    firm.seal(b"after")
    firm.keyring = opened
    assert sound(firm)


def _arm_again(step: Step) -> None:
    kind, name, after = step
    real = getattr(kind, name)

    def fatal(*arguments: object, **named: object) -> None:
        if after:
            real(*arguments, **named)
        os._exit(KILLED)

    setattr(kind, name, fatal)
