"""One call's file: masks, and a disk that refuses."""

import os
from pathlib import Path

import pytest

from muniment.capture.calls import container
from muniment.capture.calls.live.spool import chunks
from muniment.capture.calls.rtp import orders
from muniment.capture.calls.rtp.call import Call
from tests.capture.calls.call_keeper import texts

KEY = bytes(32)
S = 1_000_000


def call(path: Path, *, again: bool = False) -> Call:
    head = container.head("call_1", 1, "pbx")
    return Call(orders.Open("call_1", 5 * S, str(path), KEY, 1, head, again))


def whole(path: Path) -> bytes:
    return b"".join(chunks(path, "call_1", KEY))


def mask(at: int, *, on: bool, stream: int | None = None) -> orders.Mask:
    return orders.Mask("call_1", at, on, stream, "sip", "x")


def test_masks_are_written_when_they_end_and_at_the_latest_with_the_call(tmp_path: Path) -> None:
    it = call(tmp_path / "a.live")
    it.mask(mask(10 * S, on=True))
    it.mask(mask(11 * S, on=True))
    it.mask(mask(12 * S, on=False))
    it.mask(mask(13 * S, on=True, stream=1))
    it.mask(mask(14 * S, on=False, stream=2))
    it.end(15 * S)
    it.store(it.flush(15 * S), 15 * S)
    closed = it.finish(durable=True)
    assert closed.masks == ((10_000, 12_000, None, "sip", "x"), (13_000, 15_000, 1, "sip", "x"))
    spans = texts(whole(tmp_path / "a.live"), "S")
    assert [(span["from"], span["to"], span["stream"]) for span in spans] == [
        (10_000, 12_000, None),
        (13_000, 15_000, 1),
    ]


def test_a_clock_that_is_set_back_opens_no_mask(tmp_path: Path) -> None:
    it = call(tmp_path / "a.live")
    it.mask(mask(10 * S, on=True))
    it.clock_went_back(3 * S)
    assert it.masks[0].begin == 7 * S
    it.mask(mask(8 * S, on=False))
    it.clock_went_back(3 * S)
    assert (it.masks[0].begin, it.masks[0].end) == (7 * S, 8 * S)


def test_a_refusing_disk_makes_a_named_gap_and_no_mask_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = call(tmp_path / "a.live")
    it.store(it.flush(S), S)
    it.mask(mask(2 * S, on=True))
    it.mask(mask(3 * S, on=False))
    it.write(container.packets(0, 0, (), b""))

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwritev", full)
    it.store(it.flush(4 * S), 4 * S)
    refused = it.failing
    monkeypatch.undo()
    it.store(it.flush(6 * S), 6 * S)
    assert (refused, it.failing) == (True, False)
    data = whole(tmp_path / "a.live")
    (gap,) = [event for event in texts(data, "E") if event["what"] == "gap"]
    assert (gap["at"], gap["to"], gap["why"]) == (4000, 6000, "disk")
    assert len(texts(data, "S")) == 1
    assert b"P\0\0\0" not in data
    assert it.finish(durable=True).defects == ("sound missing from 4000 to 6000: disk",)


def test_a_disk_that_never_gave_in_is_a_defect(tmp_path: Path) -> None:
    it = call(tmp_path / "none" / "a.live")
    it.write(b"x")
    assert it.store(it.flush(S), S) is None
    assert len(it.finish(durable=False).defects) == 2


def test_another_worker_goes_on_in_the_same_file(tmp_path: Path) -> None:
    first = call(tmp_path / "a.live")
    first.store(first.flush(S), S)
    first.close()
    second = call(tmp_path / "a.live", again=True)
    second.store(second.flush(6 * S), 6 * S)
    data = whole(tmp_path / "a.live")
    assert len(texts(data, "H")) == 1
    assert [event["what"] for event in texts(data, "E")] == ["gap"]


def test_a_discarded_call_leaves_no_file(tmp_path: Path) -> None:
    it = call(tmp_path / "a.live")
    it.store(it.flush(S), S)
    it.discard()
    assert list(tmp_path.iterdir()) == []
    call(tmp_path / "b.live").discard()
