"""What is asked of the keeper beside the sockets."""

import time
from pathlib import Path

import pytest

from muniment.capture.calls import keeping
from muniment.capture.calls.keeping import Desk
from muniment.capture.calls.live import sealing
from muniment.capture.calls.live.spool import LiveFile
from muniment.core.errors import NotAvailableError
from muniment.core.ids import new_record_id
from muniment.vault.live_keys import HEAD_BYTES, read_head, unwrap_live, wrap_live
from tests.capture.calls.call_keeper import ORGANISATION, CallKeeper
from tests.capture.calls.studio import wait

KEY = bytes(range(32))


def desk(keeper: CallKeeper) -> Desk:
    return Desk(keeper, (ORGANISATION,))


def able(it: Desk) -> bool:
    try:
        it.require_any()
    except NotAvailableError:
        return False
    return True


def test_a_head_is_made_anew_when_the_epoch_turns_before_it_counts() -> None:
    keeper, sent = CallKeeper(), list[bytes]()
    it = desk(keeper)
    it.keep(ORGANISATION, "call_1", KEY, sent.append)
    it.keep(ORGANISATION, "call_1", KEY, sent.append)
    wait(lambda: len(sent) == 1)
    keeper.taken = 2
    it.kept("call_1")
    wait(lambda: len(sent) == 2)
    it.kept("call_1")
    wait(lambda: it._keepings["call_1"].durable)
    heads = [read_head(head) for head in sent]
    assert [head and head.epoch for head in heads] == [1, 2]
    assert heads[1] is not None
    assert unwrap_live(keeper._private, heads[1]) == KEY
    it.stop(1)


def test_the_keeper_is_required_only_while_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "LOOK", 0.05)
    monkeypatch.setattr(keeping, "TRUSTED", 0.3)
    keeper = CallKeeper()
    it = desk(keeper)
    it.require_any()
    keeper.away = True
    time.sleep(0.5)
    with pytest.raises(NotAvailableError):
        it.require_keeper(ORGANISATION)
    keeper.away = False
    wait(lambda: able(it))
    with pytest.raises(NotAvailableError):
        it.require_keeper("org_other")
    it.stop(1)


def test_what_a_crash_left_is_sealed_or_cleared_away(tmp_path: Path) -> None:
    keeper = CallKeeper()
    for name in ("call_1", "call_2", "call_3"):
        file = LiveFile(tmp_path / f"{name}.live", name, KEY)
        file.append(b"MNCALL1\n")
        file.close()
    head = wrap_live(keeper.epoch(ORGANISATION), "call_1", KEY, new_record_id())
    sealing.write_head(tmp_path / "call_1.live", head)
    with (tmp_path / "call_3.live").open("r+b") as damaged:
        damaged.write(b"x" * HEAD_BYTES)
    it = desk(keeper)
    it.recover(tmp_path)
    wait(lambda: it.sealed == 1)
    assert [path.name for path in tmp_path.iterdir()] == ["call_3.live"]
    assert len(keeper.records()) == 1
    it.stop(1)


def test_what_is_not_taken_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "LOOK", 0.05)
    keeper = CallKeeper()
    it = desk(keeper)
    real, tries = keeper.decline_call, list[str]()

    def sometimes(organisation: str, reason: str) -> object:
        tries.append(reason)
        if len(tries) < 3:
            raise NotAvailableError("Away.")
        return real(organisation, reason)

    keeper.decline_call = sometimes  # type: ignore[method-assign, assignment]
    it.decline(ORGANISATION, "no")
    wait(lambda: keeper.declined == ["no"])
    assert it.under_way == 0
    it.stop(1)
