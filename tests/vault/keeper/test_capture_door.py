"""What the capture door does for calls."""

import pytest

from muniment.core.errors import FaultFoundError, NotAvailableError, WrongUseError
from muniment.core.ids import new_record_id, record_bytes
from muniment.core.row_mapping import SavedMapping
from muniment.core.tags import EventTag
from muniment.vault import messages as ask
from muniment.vault.live_keys import LiveHead, wrap_live
from muniment.vault.messages import Act, Adopted
from tests.vault.firm import Firm

KEY = bytes(range(32))


def head(firm: Firm, record: bytes | None = None) -> LiveHead:
    epoch = firm.keeper.room(firm.organisation).epoch
    return wrap_live(epoch, "call_1", KEY, record or new_record_id())


def live_file(firm: Firm, written: LiveHead) -> None:
    folder = firm.home.calls(firm.organisation)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{written.call}.live").write_bytes(written.pack())


def test_the_key_of_a_live_call_comes_back_with_whether_it_was_sealed(firm: Firm) -> None:
    assert firm.do(ask.AdoptCall(firm.organisation, head(firm))) == Adopted(KEY, held=False)
    (record,) = firm.seal(b"sealed after all")
    assert firm.do(ask.AdoptCall(firm.organisation, head(firm, record_bytes(record)))) == Adopted(
        KEY, held=True
    )


def test_nothing_sealed_opens_here(firm: Firm) -> None:
    (record,) = firm.seal(b"secret")
    room = firm.keeper.room(firm.organisation)
    slot, batch = room.store.wrapped(room.store.find(record_bytes(record)))
    assert batch is not None
    forged = LiveHead(
        firm.organisation, "call_1", slot.epoch, batch.ephemeral, slot.wrapped, record_bytes(record)
    )
    with pytest.raises(FaultFoundError):
        firm.do(ask.AdoptCall(firm.organisation, forged))
    with pytest.raises(WrongUseError):
        firm.do(ask.AdoptCall(firm.organisation, LiveHead("org_b", "c", 1, b"", b"", bytes(16))))


def test_a_turn_of_the_epoch_waits_for_a_live_call(firm: Firm) -> None:
    room = firm.keeper.room(firm.organisation)
    written = head(firm)
    live_file(firm, written)
    with pytest.raises(NotAvailableError, match="cannot be destroyed yet"):
        room.turn()
    assert room.epoch.epoch == written.epoch + 1, "what is new is sealed for the next epoch already"
    assert firm.do(ask.AdoptCall(firm.organisation, written)) == Adopted(KEY, held=False)
    firm.restart()
    room = firm.keeper.room(firm.organisation)
    assert room.turn_due()
    assert firm.do(ask.AdoptCall(firm.organisation, written)) == Adopted(KEY, held=False)
    (firm.home.calls(firm.organisation) / "call_1.live").unlink()
    room.turn()
    with pytest.raises(NotAvailableError):
        firm.do(ask.AdoptCall(firm.organisation, written))


def test_a_declined_call_is_a_word_in_the_ledger(firm: Firm) -> None:
    firm.do(ask.DeclineCall(firm.organisation, "hung up during the notice"))
    after = firm.keeper.room(firm.organisation).store.size - 2
    acts = firm.do(ask.AskActs(firm.organisation, after, 5))
    assert isinstance(acts, tuple)
    (entry,) = acts
    assert f'"tag":"{EventTag.CALL_DECLINED}"'.encode() in entry.clear
    assert entry.body == b'{"reason":"hung up during the notice"}'
    for reason in ("", "x" * 101):
        with pytest.raises(WrongUseError):
            firm.do(ask.DeclineCall(firm.organisation, reason))


def test_the_last_version_of_a_mapping_is_what_the_ledger_says_even_after_a_restart(firm: Firm) -> None:
    def save(name: str, version: int, columns: dict[str, str]) -> None:
        facts = {
            "name": name,
            "version": version,
            "columns": columns,
            "zone": "Europe/Dublin",
            "person": "per_x",
        }
        firm.do(ask.Append(firm.organisation, Act(tag=EventTag.CALL_MAPPING_SAVED, body={"facts": facts})))

    save("hosted", 1, {"caller": "A"})
    save("hosted", 2, {"caller": "A Number"})
    save("carrier", 1, {})
    told = firm.do(ask.AskMappings(firm.organisation))
    assert told == (
        SavedMapping(name="carrier", version=1, zone="Europe/Dublin"),
        SavedMapping(name="hosted", version=2, columns={"caller": "A Number"}, zone="Europe/Dublin"),
    )
    firm.restart()
    assert firm.do(ask.AskMappings(firm.organisation)) == told

    def retire(name: str, version: int) -> None:
        body: dict[str, object] = {"facts": {"name": name, "version": version, "ended_by": "per_x"}}
        firm.do(ask.Append(firm.organisation, Act(tag=EventTag.CALL_MAPPING_RETIRED, body=body)))

    for name, version in (("hosted", 1), ("other", 1)):
        with pytest.raises(WrongUseError):
            retire(name, version)
    retire("hosted", 2)
    with pytest.raises(WrongUseError):
        retire("hosted", 2)
    firm.restart()
    assert mappings_of(firm) == {"carrier": False, "hosted": True}
    save("hosted", 3, {"caller": "A"})
    assert mappings_of(firm) == {"carrier": False, "hosted": False}


def mappings_of(firm: Firm) -> dict[str, bool]:
    """Each mapping, and whether it is retired."""
    told = firm.do(ask.AskMappings(firm.organisation))
    assert isinstance(told, tuple)
    return {one.name: one.retired > 0 for one in told}


def test_an_entry_that_says_no_mapping_is_not_written(firm: Firm) -> None:
    size = firm.keeper.status().organisations[0].size
    with pytest.raises(WrongUseError):
        firm.do(ask.Append(firm.organisation, Act(tag=EventTag.CALL_MAPPING_SAVED, body={"facts": {}})))
    assert firm.keeper.status().organisations[0].size == size
