"""A finished call becomes one record, whatever is lost on the way."""

from pathlib import Path

import msgspec
import pytest

from muniment.capture.calls import container
from muniment.capture.calls.live import sealing
from muniment.capture.calls.live.sealing import Finished, adopt, read_file_head, seal
from muniment.capture.calls.live.spool import LiveFile
from muniment.core.call_facts import CallFacts
from muniment.core.errors import NotAvailableError
from muniment.core.ids import new_record_id
from muniment.vault.frames import Kind, read_head
from muniment.vault.live_keys import LiveHead, wrap_live
from tests.capture.calls.call_keeper import ORGANISATION, CallKeeper, chunks, texts

KEY = bytes(range(32))
FACTS = CallFacts(id="call_1", direction="inbound", started=1_800_000_000_000, ended=1_800_000_009_000)


def file(folder: Path, size: int = 10) -> Path:
    path = folder / "call_1.live"
    live = LiveFile(path, "call_1", KEY)
    live.append(container.head("call_1", FACTS.started, "pbx"))
    for at in range(size):
        live.append(container.event(FACTS.started + at, "x" * 1000, {}))
    live.close()
    return path


def finished(path: Path, head: LiveHead | None = None, facts: CallFacts | None = FACTS) -> Finished:
    return Finished(ORGANISATION, "call_1", path, KEY, facts, head)


@pytest.fixture
def keeper() -> CallKeeper:
    return CallKeeper()


def test_a_small_call_is_one_ordinary_record(tmp_path: Path, keeper: CallKeeper) -> None:
    path = file(tmp_path)
    seal(keeper, finished(path))
    ((statement, original),) = keeper.records().values()
    assert (statement.form, statement.channel, statement.source) == ("siprec", "call", "pbx")
    assert statement.call == FACTS
    assert [kind for kind, _, _ in chunks(original)][-2:] == ["I", "X"]
    assert not path.exists()


def test_a_test_call_is_declared_under_its_record_before_it_comes(tmp_path: Path, keeper: CallKeeper) -> None:
    seal(keeper, finished(file(tmp_path)))
    assert keeper.tests == []
    other = msgspec.structs.replace(FACTS, test=True)
    seal(keeper, finished(file(tmp_path), facts=other))
    [declared] = keeper.tests
    assert keeper.records()[declared][0].call == other


def test_a_large_call_goes_in_segments(
    tmp_path: Path, keeper: CallKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "SEGMENT_BYTES", 4000)
    seal(keeper, finished(file(tmp_path)))
    kinds = [read_head(entry.head).kind for batch in keeper.batches for entry in batch.entries]
    assert kinds == [Kind.SEGMENT, Kind.RECORD]


def test_an_answer_that_was_lost_makes_no_second_record(tmp_path: Path, keeper: CallKeeper) -> None:
    path = file(tmp_path)
    one = finished(path)
    real = keeper.seal

    def lost(batch: object) -> object:
        real(batch)  # type: ignore[arg-type]
        raise NotAvailableError("The answer was lost.")

    keeper.seal = lost  # type: ignore[method-assign, assignment]
    with pytest.raises(NotAvailableError):
        seal(keeper, one)
    assert path.exists()
    keeper.seal = real  # type: ignore[method-assign]
    seal(keeper, one)
    assert len(keeper.records()) == 1
    assert not path.exists()


def test_what_was_not_taken_is_tried_again_under_another_name(tmp_path: Path, keeper: CallKeeper) -> None:
    one = finished(file(tmp_path))
    keeper.before_seal = lambda: (_ for _ in ()).throw(NotAvailableError("Away."))
    with pytest.raises(NotAvailableError):
        seal(keeper, one)
    head = read_file_head(one.path)
    assert head is not None
    keeper.before_seal = lambda: None
    seal(keeper, one)
    assert len(keeper.records()) == 1
    assert not keeper.held(head.record)


def test_a_crashed_call_is_adopted_and_says_what_is_missing(tmp_path: Path, keeper: CallKeeper) -> None:
    path = file(tmp_path)
    head = wrap_live(keeper.epoch(ORGANISATION), "call_1", KEY, new_record_id())
    sealing.write_head(path, head)
    assert read_file_head(path) == head
    told: list[str] = []
    adopt(keeper, path, head, told.append)
    ((statement, original),) = keeper.records().values()
    assert isinstance(statement.call, CallFacts)
    assert statement.call.defects == (sealing.CUT,)
    assert "cut" in {event["what"] for event in texts(original, "E")}
    assert told == ["call_1"]
    assert not path.exists()


def test_a_call_that_was_sealed_before_the_crash_is_only_cleared_away(
    tmp_path: Path, keeper: CallKeeper
) -> None:
    path = file(tmp_path)
    one = finished(path)
    seal(keeper, one)
    assert one.head is not None
    head = one.head
    sealing.write_head(file(tmp_path), head)
    adopt(keeper, path, head, lambda _: None)
    assert len(keeper.records()) == 1
    assert not path.exists()
