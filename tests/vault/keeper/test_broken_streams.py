"""What is left of a recording that broke off is erased by rule, a day later; nothing else can be."""

import pytest

from muniment.core import ids
from muniment.core.errors import FaultFoundError, RefusedError
from muniment.core.tags import BROKEN_OFF, EventTag
from muniment.vault import grouping
from muniment.vault import messages as ask
from muniment.vault.archive import Archive
from muniment.vault.keeper.broken_streams import RECORD_COMES_WITHIN
from muniment.vault.keeper.entries import Clear, Entry, read_clear
from muniment.vault.messages import BrokenErased
from muniment.vault.segments import StreamSealer
from muniment.vault.slots import State
from muniment.vault.verify import verify
from tests.project.test_second_reader import NOTHING, READER
from tests.vault.firm import DAY, Firm
from tests.vault.keeper.test_crash import AFTER_COMMIT, BEFORE_COMMIT, BEFORE_DESTROYING, Step, die_at
from tests.vault.keeper.test_streams import record
from tests.vault.small_segments import small

__all__ = ["record", "small"]
pytestmark = [
    pytest.mark.usefixtures("small"),
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),
]


def begin(firm: Firm, parts: int = 3) -> StreamSealer:
    """A recording of which some segments came, and not its end."""
    sealer = StreamSealer(firm.organisation)
    for _ in range(parts):
        send(firm, sealer)
    return sealer


def send(firm: Firm, sealer: StreamSealer, *, final: bool = False) -> None:
    key = firm.keyring.current_epoch(firm.organisation)
    firm.do(ask.Seal(firm.organisation, sealer.segment(key, bytes(1000), final=final)))


def finish(firm: Firm, sealer: StreamSealer) -> None:
    send(firm, sealer, final=True)
    key = firm.keyring.current_epoch(firm.organisation)
    firm.do(ask.Seal(firm.organisation, sealer.record(key, b"{}")))


def pass_by(firm: Firm, seconds: int = DAY) -> None:
    """Something is written, and then time passes."""
    firm.append(tag=EventTag.CASE_OPENED)
    firm.clock.time += seconds


def erase_broken(firm: Firm) -> BrokenErased:
    done = firm.do(ask.EraseBroken(firm.organisation))
    assert isinstance(done, BrokenErased)
    return done


def store_of(firm: Firm) -> Archive:
    return firm.keeper.room(firm.organisation).store


def orders(firm: Firm) -> list[Clear]:
    acts = firm.do(ask.AskActs(firm.organisation, -1, 5000))
    clears = [read_clear(act.clear) for act in acts]  # type: ignore[attr-defined]
    return [clear for clear in clears if clear.tag is EventTag.RECORD_ERASED]


def sound(firm: Firm) -> None:
    firm.keeper.room(firm.organisation).alone(lambda: None)  # no checkpoint is being written beside us
    path = firm.home.vault(firm.organisation)
    assert verify(path, firm.organisation).faults == ()
    assert not READER.check(path, NOTHING)[0].faults


def test_a_day_after_its_last_segment_it_is_erased_and_the_ledger_says_why(firm: Firm, record: str) -> None:
    begin(firm)
    begin(firm, 2)
    pass_by(firm, RECORD_COMES_WITHIN - 1)
    assert erase_broken(firm) == BrokenErased(0, 0)
    firm.clock.time += 1
    assert erase_broken(firm) == BrokenErased(2, 5)
    assert erase_broken(firm) == BrokenErased(0, 0)
    store = store_of(firm)
    found = orders(firm)
    assert {(clear.rule, clear.warrant) for clear in found} == {(BROKEN_OFF, "")}
    gone = {store.find(ids.record_bytes(clear.record)) for clear in found}
    assert gone == store.unclaimed()
    assert {store.slot(seq).state for seq in gone} == {State.EMPTY}
    sound(firm)
    firm.restart()
    assert erase_broken(firm) == BrokenErased(0, 0)
    warrant = firm.admit(firm.warrant([record]), [record])
    assert len(firm.read(firm.open(warrant, record))) == 4567


def test_nothing_is_erased_while_it_may_still_come(firm: Firm) -> None:
    sealer = begin(firm)
    firm.clock.time += DAY
    assert erase_broken(firm).segments == 0  # nothing was written since: its age cannot be shown
    pass_by(firm, 1)
    send(firm, sealer)
    pass_by(firm, DAY - 1)
    assert erase_broken(firm).segments == 0  # its last segment is younger
    finish(firm, sealer)
    firm.clock.time += DAY
    assert erase_broken(firm).segments == 0
    assert orders(firm) == []


def test_what_was_erased_so_is_not_continued(firm: Firm) -> None:
    sealer = begin(firm)
    pass_by(firm)
    erase_broken(firm)
    with pytest.raises(RefusedError, match="broke off"):
        send(firm, sealer)
    firm.restart()
    with pytest.raises(RefusedError, match="broke off"):
        finish(firm, sealer)
    finish(firm, StreamSealer(firm.organisation))


def test_the_rule_reaches_no_record_and_no_segment_of_one(firm: Firm, record: str) -> None:
    (mail,) = firm.seal(b"a letter")
    sealer = begin(firm)
    room, name = firm.keeper.room(firm.organisation), ids.record_bytes(record)
    seq = room.store.segment(name, 0)
    assert seq is not None
    broken = room.store.segment(sealer.id, 0)
    assert broken is not None

    def order(target: bytes, rule: str = BROKEN_OFF) -> None:
        text = ids.record_text(ids.RecordId(target))
        clear = Clear(tag=EventTag.RECORD_ERASED, time=firm.clock.time, record=text, rule=rule)
        room.act(lambda _now: (Entry(clear, b"{}"),))

    for target in (name, ids.record_bytes(mail), room.store.entry(seq).id):
        with pytest.raises(RefusedError, match="never came"):
            order(target)
    order(room.store.entry(broken).id)
    with pytest.raises(RefusedError, match="never came"):
        order(room.store.entry(broken).id)
    assert {clear.record for clear in orders(firm)} == {ids.record_text(room.store.entry(broken).id)}


def test_an_order_by_this_rule_for_a_record_is_not_believed(firm: Firm) -> None:
    """Somebody who can write the files adds an order: the keeper refuses the ledger."""
    (mail,) = firm.seal(b"a letter")
    room = firm.keeper.room(firm.organisation)
    clear = Clear(tag=EventTag.RECORD_ERASED, time=firm.clock.time, record=mail, rule=BROKEN_OFF)
    room.store.commit([room.seal_entries([Entry(clear, b"{}")])])
    with pytest.raises(FaultFoundError, match="cannot be believed"):
        firm.restart()


@pytest.mark.parametrize("step", [BEFORE_COMMIT, AFTER_COMMIT, BEFORE_DESTROYING])
def test_a_crash_leaves_it_erased_or_as_it_was(firm: Firm, step: Step) -> None:
    begin(firm)
    pass_by(firm)
    assert die_at(firm, step, lambda: erase_broken(firm))
    done = step is not BEFORE_COMMIT
    store = store_of(firm)
    assert {store.slot(seq).state for seq in store.unclaimed()} == {State.EMPTY if done else State.LIVE}
    assert erase_broken(firm).segments == (0 if done else 3)
    sound(firm)


def test_its_space_is_won_by_compaction(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(firm)
    with monkeypatch.context() as patched:
        patched.setattr(grouping, "PACK_CLOSES_AT", 1)
        pass_by(firm)
    erase_broken(firm)
    (found,) = store_of(firm).erasable()
    assert found.won == 3 * (1000 + 16 - 32)
    assert firm.do(ask.Compact(firm.organisation, found.pack)).entries == 3  # type: ignore[attr-defined]
    sound(firm)
