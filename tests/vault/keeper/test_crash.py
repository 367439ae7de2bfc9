"""The keeper dies at each step of what it does; what is then started knows what was done, and no more."""

import os
from collections.abc import Callable

import pytest

from muniment.core import ids
from muniment.core.errors import MunimentError, NotAvailableError, RefusedError, WrongUseError
from muniment.vault import messages as ask
from muniment.vault.authority.statements import Action
from muniment.vault.epochs import EpochRing
from muniment.vault.keeper.keeper import Keeper
from muniment.vault.keeper.sessions import Sessions
from muniment.vault.keeper.strongroom import Strongroom
from muniment.vault.messages import Erasure
from muniment.vault.slots import State
from muniment.vault.store import Store
from tests.vault.firm import Firm

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # the child only ends

type Step = tuple[type, str, bool]
BEFORE_COMMIT: Step = (Store, "commit", False)
AFTER_COMMIT: Step = (Store, "commit", True)
BEFORE_CHECKPOINT: Step = (Store, "publish", False)
AFTER_CHECKPOINT: Step = (Store, "publish", True)
BEFORE_DECRYPTING: Step = (Strongroom, "content", False)
AFTER_DECRYPTING: Step = (Sessions, "open", False)
BEFORE_DESTROYING: Step = (Store, "destroy_key", False)
AFTER_DESTROYING: Step = (Store, "destroy_key", True)
BEFORE_ANSWERING: Step = (Sessions, "end", True)
KILLED = 9


def die_at(firm: Firm, step: Step, act: Callable[[], object]) -> bool:
    """Let a keeper in a child process end, without any farewell, at a step of an act; then start another.

    True if it did die there.
    """
    firm.keeper.close()
    child = os.fork()
    if child == 0:
        try:
            firm.keeper = Keeper(firm.home, firm.keyring.keeper_keys(), firm.clock)
            _arm(*step)
            act()
            firm.keeper.close()  # the checkpoint follows in its own time, at the latest here
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    firm.keeper = firm.start()
    return os.waitstatus_to_exitcode(status) == KILLED


def _arm(kind: type, name: str, after: bool) -> None:
    real = getattr(kind, name)

    def fatal(*arguments: object, **named: object) -> None:
        if after:
            real(*arguments, **named)
        os._exit(KILLED)

    setattr(kind, name, fatal)


@pytest.mark.parametrize(
    ("step", "counted"),
    [
        (BEFORE_COMMIT, False),
        (AFTER_COMMIT, True),
        (BEFORE_CHECKPOINT, True),
        (AFTER_CHECKPOINT, True),
        (BEFORE_DECRYPTING, True),
        (AFTER_DECRYPTING, True),
    ],
)
def test_an_opening_counts_as_soon_as_anything_could_be_decrypted(
    firm: Firm, step: Step, counted: bool
) -> None:
    (record,) = firm.seal(b"a letter")
    warrant = firm.admit(firm.warrant([record], cap=2), [record])
    assertion = firm.assertion(warrant, [record])
    assert die_at(firm, step, lambda: firm.open(warrant, record, assertion))
    assert firm.books.warrants[warrant].used == (1 if counted else 0)
    if counted:
        with pytest.raises(RefusedError, match="opened this record before"):
            firm.open(warrant, record, assertion)
    else:
        assert firm.read(firm.open(warrant, record, assertion)) == b"a letter"


@pytest.mark.parametrize(
    ("step", "ordered"),
    [
        (BEFORE_COMMIT, False),
        (AFTER_COMMIT, True),
        (BEFORE_DESTROYING, True),
        (AFTER_DESTROYING, True),
        (BEFORE_ANSWERING, True),
    ],
)
def test_an_erasure_that_was_ordered_is_carried_out(firm: Firm, step: Step, ordered: bool) -> None:
    (record,) = firm.seal(b"a letter")
    reading = firm.admit(firm.warrant([record]), [record])
    warrant = firm.erasure_warrant(record)
    assert die_at(firm, step, lambda: firm.erase(warrant, record))
    store = firm.keeper.room(firm.organisation).store
    slot = store.slot(store.find(ids.record_bytes(record)))
    assert slot.state is (State.EMPTY if ordered else State.LIVE)
    if ordered:
        with pytest.raises(RefusedError, match="erased"):
            firm.open(reading, record)
    else:
        assert firm.read(firm.open(reading, record)) == b"a letter"


@pytest.mark.parametrize(
    ("step", "ordered"),
    [
        (BEFORE_COMMIT, False),
        (AFTER_COMMIT, True),
        (BEFORE_DESTROYING, True),
        (AFTER_DESTROYING, True),
        (BEFORE_ANSWERING, True),
    ],
)
def test_one_of_two_records_is_there_whenever_it_dies_and_never_both(
    firm: Firm, step: Step, ordered: bool
) -> None:
    (record,) = firm.seal(b"a letter and a number")
    reading = firm.admit(firm.warrant([record]), [record])
    warrant = firm.excision_warrant(record)
    signed = firm.assertion(warrant, [record], action=Action.EXCISE)
    firm.open(warrant, record, signed, "excise")
    batch, other = firm.one(b"a letter and")
    assert die_at(firm, step, lambda: firm.replace(warrant, record, signed, batch))
    if ordered:
        with pytest.raises(RefusedError, match="erased"):
            firm.open(reading, record)
        new = firm.admit(firm.warrant([other]), [other])
        assert firm.read(firm.open(new, other)) == b"a letter and"
        erasure = firm.do(ask.AskErasure(firm.organisation, record))
        assert isinstance(erasure, Erasure)
        assert erasure.final > erasure.receipt.time
    else:
        assert firm.read(firm.open(reading, record)) == b"a letter and a number"
        with pytest.raises(WrongUseError):
            firm.admit(firm.warrant([other]), [other])
        firm.replace(warrant, record, signed, batch)  # done again, under the same signature
    store = firm.keeper.room(firm.organisation).store
    assert store.slot(store.find(ids.record_bytes(record))).state is State.EMPTY


@pytest.mark.parametrize("step", [BEFORE_COMMIT, AFTER_COMMIT, BEFORE_CHECKPOINT, AFTER_CHECKPOINT])
def test_a_warrant_is_in_force_or_it_is_not(firm: Firm, step: Step) -> None:
    (record,) = firm.seal(b"a letter")
    text = firm.warrant([record])
    assert die_at(firm, step, lambda: firm.admit(text, [record]))
    if step == BEFORE_COMMIT:
        assert firm.read(firm.open(firm.admit(text, [record]), record)) == b"a letter"
    else:
        with pytest.raises(RefusedError, match="admitted before"):
            firm.admit(text, [record])


def test_a_commit_that_fails_leaves_the_books_as_they_were(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    (record,) = firm.seal(b"a letter")
    warrant = firm.admit(firm.warrant([record], cap=1), [record])
    assertion = firm.assertion(warrant, [record])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Store, "commit", full)
        with pytest.raises(MunimentError):
            firm.open(warrant, record, assertion)
        with pytest.raises(MunimentError):
            firm.seal(b"another")
    assert firm.books.warrants[warrant].used == 0
    assert firm.read(firm.open(warrant, record, assertion)) == b"a letter"


BEFORE_NEXT_EPOCH: Step = (EpochRing, "add", False)
AFTER_NEXT_EPOCH: Step = (EpochRing, "add", True)
BEFORE_NEW_FILES: Step = (Store, "finish_turn", False)
AFTER_NEW_FILES: Step = (Store, "finish_turn", True)
BEFORE_OLD_EPOCH_GOES: Step = (EpochRing, "destroy_before", False)
AFTER_OLD_EPOCH_WENT: Step = (EpochRing, "destroy_before", True)


@pytest.mark.parametrize(
    "step",
    [
        BEFORE_NEXT_EPOCH,
        AFTER_NEXT_EPOCH,
        BEFORE_NEW_FILES,
        AFTER_NEW_FILES,
        BEFORE_OLD_EPOCH_GOES,
        AFTER_OLD_EPOCH_WENT,
    ],
)
def test_a_turn_that_was_cut_short_is_finished(firm: Firm, step: Step) -> None:
    gone, record = firm.seal(b"gone", b"a letter")
    firm.erase(firm.erasure_warrant(gone), gone)
    assert die_at(firm, step, lambda: firm.do(ask.TurnEpoch(firm.organisation)))
    room = firm.keeper.room(firm.organisation)
    assert room.turn_due() is (step != BEFORE_NEXT_EPOCH)
    (later,) = firm.seal(b"later")
    firm.do(ask.TurnEpoch(firm.organisation))
    assert not room.turn_due()
    assert (firm.books.epoch, room.epoch.epoch, room.store.epochs()) == (2, 2, frozenset({2}))
    with pytest.raises(NotAvailableError):
        firm.keyring.epoch_private(firm.organisation, 1)
    warrant = firm.admit(firm.warrant([record, later]), [record, later])
    assert firm.read(firm.open(warrant, record)) == b"a letter"
    assert firm.read(firm.open(warrant, later)) == b"later"
    assert room.store.slot(room.store.find(ids.record_bytes(gone))).state is State.EMPTY
