"""The strongroom: opens what it seals, and says clearly what it cannot open."""

import contextlib
import threading

import pytest

from muniment.core import ids
from muniment.core.errors import NotAvailableError, StaleKeyError
from muniment.core.tags import EventTag
from muniment.vault import messages as ask
from muniment.vault import sealing
from muniment.vault.content import pack_content
from muniment.vault.epochs import EpochRing
from muniment.vault.frames import Kind
from muniment.vault.keeper.strongroom import EPOCH_TURNS_AFTER
from muniment.vault.sealing import Document
from muniment.vault.verify import verify
from tests.vault.firm import Firm


def test_entries_of_many_batches_open_in_any_order(firm: Firm) -> None:
    records = [firm.seal(*(f"{n}/{m}".encode() for m in range(3))) for n in range(4)]
    room = firm.keeper.room(firm.organisation)
    for n in (3, 0, 2, 1, 3):
        for m in (2, 0, 1):
            entry = room.store.entry(room.store.find(ids.record_bytes(records[n][m])))
            assert room.content(entry) == (b"{}", f"{n}/{m}".encode())


def test_without_the_epochs_key_nothing_opens(firm: Firm) -> None:
    firm.keeper.close()
    (keys,) = firm.keyring.keeper_keys().organisations
    ring = EpochRing(firm.home, firm.organisation, keys.epochs)
    ring.add()
    ring.destroy_before(2)
    with pytest.raises(NotAvailableError, match="key of epoch 1"):
        firm.start()


def test_a_second_keeper_cannot_open_the_store(firm: Firm) -> None:
    with pytest.raises(NotAvailableError):
        firm.start()


def test_what_happens_alone_sees_everything_published(firm: Firm) -> None:
    room = firm.keeper.room(firm.organisation)
    for _ in range(5):
        firm.append(tag=EventTag.CASE_OPENED)
        size = room.store.size
        assert room.alone(lambda: room.store.checkpoint.size) == size


def opened(firm: Firm, record: str) -> bytes:
    room = firm.keeper.room(firm.organisation)
    return room.content(room.store.entry(room.store.find(ids.record_bytes(record))))[1]


def test_the_epoch_turns_by_itself_in_time_and_nothing_is_lost(firm: Firm) -> None:
    records = firm.seal(b"one", b"two")
    firm.keeper.tend()
    assert firm.books.epoch == 1
    firm.clock.time += EPOCH_TURNS_AFTER
    firm.keeper.tend()
    firm.keeper.tend()
    assert (firm.books.epoch, firm.books.turned) == (2, firm.clock.time)
    assert [opened(firm, record) for record in records] == [b"one", b"two"]
    with pytest.raises(NotAvailableError, match="destroyed"):
        firm.keyring.epoch_private(firm.organisation, 1)
    firm.restart()
    assert firm.books.epoch == 2
    assert opened(firm, *firm.seal(b"three")) == b"three"
    assert opened(firm, records[0]) == b"one"


def test_what_was_sealed_before_the_turn_is_refused_after_it_with_a_retry(firm: Firm) -> None:
    old = firm.keyring.current_epoch(firm.organisation)
    firm.do(ask.TurnEpoch(firm.organisation))
    document = Document(Kind.RECORD, pack_content(b"{}", b"late"))
    with pytest.raises(StaleKeyError, match="nothing of it was kept"):
        firm.do(ask.Seal(firm.organisation, sealing.seal_batch(old, [document])))
    new = firm.do(ask.AskEpoch(firm.organisation))
    assert isinstance(new, sealing.EpochKey)
    firm.do(ask.Seal(firm.organisation, sealing.seal_batch(new, [document])))


def test_a_turn_under_load_loses_no_record(firm: Firm) -> None:
    kept: list[str] = []
    stop = threading.Event()

    def load() -> None:
        while not stop.is_set():
            with contextlib.suppress(StaleKeyError):
                kept.extend(firm.seal(b"under load"))

    threads = [threading.Thread(target=load) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        firm.do(ask.TurnEpoch(firm.organisation))
    stop.set()
    for thread in threads:
        thread.join()
    assert firm.books.epoch == 4
    assert {opened(firm, record) for record in kept} == {b"under load"}
    firm.restart()
    assert {opened(firm, record) for record in kept} == {b"under load"}
    assert verify(firm.home.vault(firm.organisation), firm.organisation).faults == ()
