"""The steward backs up and verifies when it is due; what goes wrong is kept, told, and stops nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from muniment.core import canonical, clock
from muniment.core.errors import NotAvailableError
from muniment.core.settings import Settings
from muniment.core.tags import EventTag
from muniment.processes import outcomes, steward
from muniment.processes.outcomes import Outcome
from muniment.processes.schedule import FIRST_SECONDS, RETRY_SECONDS
from muniment.processes.steward import Steward
from muniment.vault import messages as ask
from muniment.vault.backup.drill import drill
from muniment.vault.faults import Report
from muniment.vault.marks import read_mark
from muniment.vault.messages import Act, KeysTaken, Receipt, Status
from muniment.vault.slots import SLOT_BYTES, SlotCodec
from tests.vault.backup.conftest import s3_server, s3_store
from tests.vault.backup.store import Store
from tests.vault.conftest import firm
from tests.vault.firm import PASSPHRASE, Firm

__all__ = ["firm", "s3_server", "s3_store"]

DAY = 24 * 3600


class Desk:
    """The keeper, asked within this process."""

    def __init__(self, firm: Firm) -> None:
        self.firm, self.away = firm, False

    def status(self) -> Status:
        if self.away:
            raise NotAvailableError("The keeper is away.")
        status = self.firm.do(ask.AskStatus())
        assert isinstance(status, Status)
        return status

    def append(self, organisation: str, act: Act) -> Receipt:
        receipt = self.firm.do(ask.Append(organisation, act))
        assert isinstance(receipt, Receipt)
        room = self.firm.keeper.room(organisation)
        room.alone(room.store.publish)
        return receipt

    def take_keys(self, organisation: str, backup: str, expires: int, destination: str) -> KeysTaken:
        taken = self.firm.do(ask.TakeKeys(organisation, backup, expires, destination))
        assert isinstance(taken, KeysTaken)
        return taken

    def sample_deeply(self, organisation: str, entries: int, again: tuple[str, ...] = ()) -> Report:
        report = self.firm.do(ask.SampleDeeply(organisation, entries, again))
        assert isinstance(report, Report)
        room = self.firm.keeper.room(organisation)
        room.alone(room.store.publish)
        return report


def made(firm: Firm, **sections: dict[str, object]) -> Steward:
    chosen = Settings.model_validate(sections)
    room = firm.keeper.room(firm.organisation)
    room.alone(room.store.publish)
    return Steward(
        firm.home, Desk(firm), chosen, lambda path: path.touch(), firm.clock, firm.clock.time - FIRST_SECONDS
    )


def outcome(firm: Firm, mode: str) -> Outcome:
    found = outcomes.read(firm.home, outcomes.job(firm.organisation, mode))
    assert found
    return found


def acts(firm: Firm, tag: EventTag) -> list[dict[str, object]]:
    room = firm.keeper.room(firm.organisation)
    found = []
    for seq in range(1, room.store.size):  # the first is the one that a test spoils
        clear = room.store.entry(seq).clear
        action = canonical.loads(clear) if clear else None
        if isinstance(action, dict) and action["tag"] == tag:
            found.append(dict(action))
    return found


def spoil(firm: Firm, name: str, at: int) -> None:
    path = firm.home.vault(firm.organisation) / name
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def test_everything_is_verified_once_and_then_what_came_since(firm: Firm) -> None:
    firm.seal(b"one", b"two")
    one = made(firm)
    one.round()
    for mode in ("full", "incremental", "sampled"):
        assert outcome(firm, mode).well, outcome(firm, mode).says
    assert "All " in outcome(firm, "full").says
    assert "new since" in outcome(firm, "incremental").says
    assert "drawn at random" in outcome(firm, "sampled").says
    first, second = acts(firm, EventTag.LEDGER_VERIFIED)
    assert (first["rule"], second["rule"]) == ("full", "incremental")
    mark = read_mark(firm.home, firm.organisation)
    assert mark
    assert mark.full < mark.last
    before = len(acts(firm, EventTag.LEDGER_VERIFIED))
    one.round()
    assert len(acts(firm, EventTag.LEDGER_VERIFIED)) == before
    firm.clock.time += DAY
    firm.seal(b"three")
    made(firm).round()
    assert acts(firm, EventTag.LEDGER_VERIFIED)[-1]["rule"] == "incremental"
    assert outcome(firm, "incremental").time == firm.clock.time
    assert outcome(firm, "full").time == firm.clock.time - DAY


def test_not_at_once_after_a_start(firm: Firm) -> None:
    one = made(firm)
    one.started = firm.clock.time
    one.round()
    assert outcomes.everything(firm.home) == {}


def test_damage_is_kept_with_all_its_faults_and_told_to_the_ledger_once(firm: Firm) -> None:
    firm.seal(b"one" * 100, b"two" * 100, b"three")
    one = made(firm)
    one.round()
    spoil(firm, "packs/000001.pack", 100)
    spoil(firm, "keys/000001.keys", 5 * 64 + 20)
    firm.clock.time += 3600
    one.round()
    found = outcome(firm, "sampled")
    assert not found.well
    assert {str(fault.kind) for fault in found.faults} == {"damaged-action", "damaged-slot"}
    assert found.wrong_since == firm.clock.time
    assert "2 faults" in found.says
    assert len(acts(firm, EventTag.DAMAGE_FOUND)) == 1
    firm.clock.time += 3600
    one.round()
    assert len(acts(firm, EventTag.DAMAGE_FOUND)) == 1
    spoil(firm, "packs/000001.pack", 100)
    spoil(firm, "keys/000001.keys", 5 * 64 + 20)
    firm.clock.time += 3600
    one.round()
    assert outcome(firm, "sampled").well
    assert outcome(firm, "sampled").wrong_since == 0


def test_a_lost_mark_makes_it_read_everything(firm: Firm) -> None:
    firm.seal(b"one")
    made(firm).round()
    (firm.home.care / f"{firm.organisation}.mark").unlink()
    firm.clock.time += DAY
    made(firm).round()
    assert "All " in outcome(firm, "incremental").says
    assert outcome(firm, "full").time == firm.clock.time
    assert acts(firm, EventTag.LEDGER_VERIFIED)[-1]["rule"] == "full"


def test_a_backup_is_made_when_it_is_due(firm: Firm, tmp_path: Path) -> None:
    firm.seal(b"one")
    one = made(firm, backup={"destination": str(tmp_path / "backup"), "every": "1h", "days": 3})
    one.round()
    found = outcomes.read(firm.home, "backup")
    assert found
    assert found.well, found.says
    assert str(tmp_path / "backup") in found.says
    one.round()
    firm.clock.time += 3599
    one.round()
    assert len(acts(firm, EventTag.BACKUP_BEGUN)) == 1
    firm.clock.time += 1
    one.round()
    assert len(acts(firm, EventTag.BACKUP_BEGUN)) == 2
    assert drill(tmp_path / "backup", PASSPHRASE).passed


def test_a_backup_to_a_bucket_that_fails_is_loud_and_tried_again(
    firm: Firm, s3_store: Store, tmp_path: Path
) -> None:
    firm.seal(b"one")
    bucket = s3_store.bucket()
    address = f"s3://{bucket.bucket}/firm"
    one = made(firm)
    one.chosen = Settings.model_validate(
        {"backup": {"destination": "s3://no-such-bucket/firm", "endpoint": s3_store.endpoint}}
    )
    one.round()
    found = outcomes.read(firm.home, "backup")
    assert found
    assert not found.well
    assert "not there" in found.says
    one.chosen = Settings.model_validate({"backup": {"destination": address, "endpoint": s3_store.endpoint}})
    firm.clock.time += RETRY_SECONDS - 1
    one.round()
    still = outcomes.read(firm.home, "backup")
    assert still == found
    firm.clock.time += 1
    one.round()
    found = outcomes.read(firm.home, "backup")
    assert found
    assert found.well, found.says
    assert drill(bucket, PASSPHRASE, scratch=tmp_path).passed


def test_a_keeper_that_is_away_or_a_fault_of_our_own_stops_nothing(
    firm: Firm, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one = made(firm, backup={"destination": str(tmp_path / "backup")})
    desk = one.desk
    assert isinstance(desk, Desk)
    desk.away = True
    one.round()
    assert outcomes.everything(firm.home) == {}
    desk.away = False

    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError("words of a record")

    monkeypatch.setattr(steward, "make", fails)
    one.round()
    found = outcomes.read(firm.home, "backup")
    assert found
    assert (found.well, "ZeroDivisionError" in found.says, "words" in found.says) == (False, True, False)
    assert outcome(firm, "full").well


def test_a_ledger_that_takes_nothing_makes_no_damage(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    firm.seal(b"one")

    def refused(*_: object) -> None:
        raise NotAvailableError("It is locked.")

    monkeypatch.setattr(Desk, "append", refused)
    made(firm).round()
    assert outcome(firm, "full").well
    assert read_mark(firm.home, firm.organisation) is None
    spoil(firm, "packs/000001.pack", 100)
    firm.clock.time += DAY
    made(firm).round()
    assert outcome(firm, "incremental").faults


def change_slot(firm: Firm, seq: int, change: Callable[[bytes], bytes]) -> bytes:
    """Write the wrapped key of a slot anew, check and all; what it was."""
    path = firm.home.vault(firm.organisation) / "keys" / "000001.keys"
    codec, data = SlotCodec(firm.organisation), bytearray(path.read_bytes())
    here = slice(seq * SLOT_BYTES, (seq + 1) * SLOT_BYTES)
    slot = codec.parse(seq, bytes(data[here]))
    assert slot
    data[here] = codec.pack(seq, slot.epoch, slot.batch, change(slot.wrapped))
    path.write_bytes(data)
    return slot.wrapped


def test_a_deep_sample_is_tried_every_day_and_what_does_not_open_is_tried_again(firm: Firm) -> None:
    """Damage that no check without keys can see: a wrapped key that was altered, with the check beside it."""
    firm.seal(*(bytes((n,)) * 20 for n in range(6)))
    one = made(firm)
    one.round()
    assert "opened with their keys" in outcome(firm, "deep").says
    assert outcome(firm, "deep").well
    drawn = len(acts(firm, EventTag.RECORDS_SAMPLED))
    one.round()
    assert len(acts(firm, EventTag.RECORDS_SAMPLED)) == drawn == 1
    first = firm.keeper.room(firm.organisation).store.size - 1
    (record,) = firm.seal(b"another")
    key = change_slot(firm, first + 1, lambda wrapped: wrapped[::-1])
    firm.clock.time += DAY
    one.round()
    found = outcome(firm, "deep")
    assert not found.well
    assert [(str(fault.kind), fault.record) for fault in found.faults] == [("key-mismatch", record)]
    (told,) = acts(firm, EventTag.DAMAGE_FOUND)
    assert told["rule"] == "deep"
    rare = made(firm, verify={"deep_entries": 1})
    for _ in range(3):  # one entry of many is drawn, and the one that did not open is tried with it
        firm.clock.time += DAY
        rare.round()
        assert outcome(firm, "deep").faults == found.faults
    assert len(acts(firm, EventTag.DAMAGE_FOUND)) == 1
    change_slot(firm, first + 1, lambda _: key)
    firm.clock.time += DAY
    rare.round()
    assert outcome(firm, "deep").well


def test_no_deep_sample_of_an_organisation_that_is_locked_or_where_it_is_switched_off(firm: Firm) -> None:
    firm.seal(b"one")
    made(firm, verify={"deep": "never"}).round()
    assert outcomes.read(firm.home, outcomes.job(firm.organisation, "deep")) is None
    room = firm.keeper.room(firm.organisation)
    room.locked = "Its own passphrase has not been given."
    made(firm).round()
    assert outcomes.read(firm.home, outcomes.job(firm.organisation, "deep")) is None
    room.locked = ""
    made(firm).round()
    assert outcome(firm, "deep").well


def test_locks_of_packs_are_prolonged_day_by_day(firm: Firm, s3_store: Store) -> None:
    firm.clock.time = clock.seconds()
    firm.seal(b"one")
    bucket = s3_store.bucket(lock=True, lock_days=4)
    chosen = {"destination": bucket.title, "endpoint": s3_store.endpoint, "lock_days": 4, "every": "90d"}
    never: dict[str, object] = dict.fromkeys(("sampled", "incremental", "full", "deep"), "never")
    one = made(firm, backup=chosen, verify=never)
    one.round()
    first = outcomes.read(firm.home, outcomes.LOCKS)
    assert first
    assert first.well, first.says
    ends = {name: bucket.locked_until(name) for name in bucket.objects_of("packs/")}
    begun = firm.clock.time
    for _ in range(6):  # beyond the time for which they were locked at first
        firm.clock.time += DAY
        one.round()
    for name, end in ends.items():
        until = bucket.locked_until(name)
        assert end
        assert until
        assert until > end
        assert until.timestamp() > begun + 6 * DAY
    last = outcomes.read(firm.home, outcomes.LOCKS)
    assert last
    assert (last.well, last.time) == (True, firm.clock.time)
    one.chosen = Settings.model_validate({"backup": {**chosen, "destination": "s3://no-such-bucket/firm"}})
    firm.clock.time += DAY
    one.round()
    gone = outcomes.read(firm.home, outcomes.LOCKS)
    assert gone
    assert not gone.well
