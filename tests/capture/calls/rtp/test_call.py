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


def keyed(path: Path, *rules: orders.KeyRule, paused: tuple[orders.Told, ...] = ()) -> Call:
    head = container.head("call_1", 1, "pbx")
    return Call(orders.Open("call_1", 5 * S, str(path), KEY, 1, head, False, rules, paused))


def typed(it: Call, keys: str, at: int, stream: int = 1) -> list[str]:
    found: list[str] = []
    for number, letter in enumerate(keys):
        event, stamp = "0123456789*#".index(letter), at // 100 + number * 1600
        found += [one.meaning for one in it.pressed(stream, event, stamp, at + number * S // 10)]
    return found


TILL = orders.KeyRule("till", "*7", "*8")


def test_keys_silence_a_call_from_the_last_of_them_on_until_the_same_person_lets_it_be_heard(
    tmp_path: Path,
) -> None:
    it = keyed(tmp_path / "a.live", TILL)
    assert typed(it, "*7", 10 * S) == ["pause"]
    assert typed(it, "*7", 11 * S) == []  # it is silent already
    assert typed(it, "*8", 12 * S, stream=0) == []  # whoever did not pause
    assert typed(it, "*8", 14 * S) == ["resume"]
    it.end(15 * S)
    it.store(it.flush(15 * S), 15 * S)
    assert it.finish(durable=True).masks == ((10_100, 14_100, None, "dtmf", "till"),)
    assert b"*7" not in whole(tmp_path / "a.live")


def test_others_neither_end_the_silence_of_keys_nor_the_other_way_round(tmp_path: Path) -> None:
    it = keyed(tmp_path / "a.live", TILL)
    typed(it, "*7", 10 * S)
    it.mask(mask(11 * S, on=True))
    it.mask(mask(12 * S, on=False))
    assert [span.why for span in it.masks if span.end > 13 * S] == ["dtmf"]
    it.mask(mask(13 * S, on=True))
    typed(it, "*8", 14 * S)
    assert [span.why for span in it.masks if span.end > 15 * S] == ["sip"]


def test_after_each_key_it_is_silent_for_a_while_and_longer_with_the_next(tmp_path: Path) -> None:
    it = keyed(tmp_path / "a.live", orders.KeyRule("a", seconds=20))
    typed(it, "1", 10 * S)
    typed(it, "2", 20 * S)
    assert it.flush(30 * S)
    assert it.written == []
    it.flush(41 * S)
    assert it.written == [(10_000, 40_000, None, "dtmf", "a")]
    typed(it, "3", 50 * S)
    it.clock_went_back(S)
    it.end(52 * S)
    assert it.written[1] == (49_000, 52_000, None, "dtmf", "a")


def test_a_worker_that_goes_on_for_another_is_silent_still(tmp_path: Path) -> None:
    it = keyed(tmp_path / "a.live", TILL, paused=(orders.Told("call_1", "pause", 3 * S, 1, "till"),))
    assert [(span.begin, span.why, span.by) for span in it.masks] == [(3 * S, "dtmf", "till")]
    assert typed(it, "*8", 7 * S) == ["resume"]


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
