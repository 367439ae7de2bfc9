"""A deep sample opens entries with their keys: the ledger says first which, and nothing comes out but faults."""

from pathlib import Path

import msgspec
import pytest

from muniment.core import ids
from muniment.core.errors import WrongUseError
from muniment.core.tags import EventTag
from muniment.vault import messages as ask
from muniment.vault import sealing
from muniment.vault.faults import Report
from muniment.vault.keeper.entries import OWN_TAGS, SampledBody, read_body, read_clear
from muniment.vault.slots import SLOT_BYTES
from tests.vault.firm import Firm
from tests.vault.keeper.test_streams import record
from tests.vault.small_segments import small

__all__ = ["record", "small"]


def sample(firm: Firm, entries: int = 1000, *again: str) -> Report:
    report = firm.do(ask.SampleDeeply(firm.organisation, entries, again))
    assert isinstance(report, Report)
    return report


def found(firm: Firm) -> list[tuple[str, str]]:
    return sorted((str(fault.kind), fault.record) for fault in sample(firm).faults)


def place(firm: Firm, record: str) -> int:
    return firm.keeper.room(firm.organisation).store.find(ids.record_bytes(record))


def spoil(firm: Firm, name: str, at: int) -> None:
    path: Path = firm.home.vault(firm.organisation) / name
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes((byte ^ 1,)))


def test_every_entry_opens_and_the_ledger_names_them_first(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm.seal(b"one", b"two")
    store = firm.keeper.room(firm.organisation).store
    size, order = store.size, list[int]()
    real = sealing.authenticate

    def authenticate(*parts: bytes) -> bytes:
        order.append(store.size)
        return real(*parts)

    monkeypatch.setattr(sealing, "authenticate", authenticate)
    report = sample(firm)
    assert report.faults == ()
    assert report.checked
    assert (report.leaves, report.records, report.checked.of) == (size, 2, size)
    assert order == [size + 1] * size  # each was opened when the ledger had the entry already
    act = store.entry(size)
    assert read_clear(act.clear).tag is EventTag.RECORDS_SAMPLED
    body = read_body(SampledBody, firm.keeper.room(firm.organisation).plaintext(act))
    assert body.entries == tuple(range(size))


def test_nothing_of_what_is_opened_comes_out(firm: Firm) -> None:
    secret = b"the canary of the deep sample"
    firm.seal(secret)
    asked = msgspec.msgpack.encode(ask.SampleDeeply(firm.organisation, 1000))
    assert secret not in firm.keeper.answer("desk", asked)


def test_what_is_wrong_is_named_and_what_was_erased_is_not(firm: Firm) -> None:
    damaged, erased, lost, slot, whole = firm.seal(*(bytes((n,)) * 200 for n in range(5)))
    firm.erase(firm.erasure_warrant(erased), erased)
    assert found(firm) == []
    store = firm.keeper.room(firm.organisation).store
    spoil(firm, "packs/000001.pack", store.last.store._ledger.index.place(place(firm, damaged)).offset + 90)
    spoil(firm, "keys/000001.keys", place(firm, slot) * SLOT_BYTES + 20)
    with (firm.home.vault(firm.organisation) / "keys" / "000001.keys").open("r+b") as slots:
        slots.seek(place(firm, lost) * SLOT_BYTES)
        slots.write(bytes(SLOT_BYTES))
    expected = [("damaged-record", damaged), ("damaged-slot", slot), ("lost-key", lost)]
    assert found(firm) == sorted(expected)
    assert whole not in {named for _, named in found(firm)}


def test_what_is_asked_for_again_is_tried_whatever_is_drawn(firm: Firm) -> None:
    (damaged, *_) = firm.seal(*(bytes((n,)) * 200 for n in range(40)))
    spoil(firm, "keys/000001.keys", place(firm, damaged) * SLOT_BYTES + 20)
    for _ in range(5):
        report = sample(
            firm, 1, damaged, ids.record_text(ids.new_record_id())
        )  # one that is not here is left out
        assert [fault.record for fault in report.faults] == [damaged]


@pytest.mark.usefixtures("small")
def test_a_record_in_segments_is_opened_with_one_of_them(firm: Firm, record: str) -> None:
    assert found(firm) == []
    store = firm.keeper.room(firm.organisation).store
    places = [store.last.store._ledger.index.place(seq) for seq in store.segments(place(firm, record))]
    assert len(places) > 1
    for each in places:
        spoil(firm, "packs/000001.pack", each.offset + 80)
    named = found(firm)
    assert ("key-mismatch", record) in named
    assert len(named) == len(places) + 1


@pytest.mark.parametrize("entries", [0, -1, 10_001])
def test_a_sample_is_of_some_entries_and_not_of_everything(firm: Firm, entries: int) -> None:
    with pytest.raises(WrongUseError):
        sample(firm, entries)


def test_nobody_else_writes_that_a_sample_was_tried() -> None:
    assert EventTag.RECORDS_SAMPLED in OWN_TAGS
