"""Following a call for a listener: windows that join one another, and nothing of what was before."""

from itertools import pairwise
from pathlib import Path

import pytest

from muniment.capture.calls import container
from muniment.capture.calls.live.spool import Follower, LiveFile
from muniment.capture.calls.live.tapping import FIRST, GUARD, LONGEST, Tap
from muniment.core.call_container import ChunkType
from tests.capture.calls.call_keeper import chunks, packets

CALL, KEY, STARTED = "call_1", bytes(32), 1_700_000_000_000
PACKET = 20  # ms


def second(stream: int, first: int, last: int) -> bytes:
    """Packets of a stream that came from one moment to another, each with its number as payload."""
    numbers = range(first // PACKET, last // PACKET)
    columns = [
        b"".join((number * PACKET).to_bytes(4, "little") for number in numbers),
        b"".join((number * 160).to_bytes(4, "little") for number in numbers),
        b"".join((number % 65536).to_bytes(2, "little") for number in numbers),
        bytes(len(numbers)),
        b"".join((160).to_bytes(2, "little") for _ in numbers),
    ]
    payload = b"".join(number.to_bytes(4, "little") * 40 for number in numbers)
    return container.packets(stream, len(numbers), columns, payload)


@pytest.fixture
def file(tmp_path: Path) -> LiveFile:
    made = LiveFile(tmp_path / "call_1.live", CALL, KEY)
    made.append(container.head(CALL, STARTED, "pbx"))
    return made


@pytest.fixture
def tap(file: LiveFile, tmp_path: Path) -> Tap:
    return Tap(tmp_path / "call_1.live", CALL, KEY)


def test_windows_join_one_another(file: LiveFile, tap: Tap) -> None:
    spans = []
    for at in range(0, 8000, 700):
        file.append(second(0, at, at + 700) + second(1, at, at + 700))
        found = tap.next()
        assert found is not None
        spans.append((found.start, found.end))
        for stream in (0, 1):
            arrived = [row[0] for row in packets(found.data, stream)]
            assert {*range(found.start // PACKET * PACKET + PACKET, found.end, PACKET)} <= {*arrived}
            assert len(arrived) == len(set(arrived))
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    assert spans[-1][1] == 8400 - PACKET - GUARD
    assert tap.heard == spans[-1][1] - spans[0][0]


def test_who_comes_late_is_given_the_last_second_and_nothing_older(file: LiveFile, tap: Tap) -> None:
    for at in range(0, 60_000, 1000):
        file.append(second(0, at, at + 1000))
    found = tap.next()
    assert found is not None
    assert (found.start, found.end) == (60_000 - PACKET - GUARD - FIRST, 60_000 - PACKET - GUARD)
    assert min(row[0] for row in packets(found.data, 0)) >= found.start - 3000
    assert tap.next() is None, "nothing is given twice"


def test_who_asks_slowly_misses_something_and_is_not_drowned(file: LiveFile, tap: Tap) -> None:
    file.append(second(0, 0, 1000))
    assert tap.next()
    for at in range(1000, 30_000, 1000):
        file.append(second(0, at, at + 1000))
    found = tap.next()
    assert found is not None
    assert found.end - found.start == LONGEST


def test_the_first_packets_of_each_stream_go_along_so_that_its_time_line_stays(
    file: LiveFile, tap: Tap
) -> None:
    firsts = set()
    for at in range(0, 20_000, 1000):
        file.append(second(0, at, at + 1000))
        found = tap.next()
        assert found is not None
        firsts.add(min(row[0] for row in packets(found.data, 0)))
    assert firsts == {0}


def test_streams_that_open_later_are_known(file: LiveFile, tap: Tap) -> None:
    opened = container.text(ChunkType.STREAM, {"at": STARTED, "stream": 0, "codecs": {}})
    file.append(opened + second(0, 0, 1000))
    found = tap.next()
    assert found is not None
    assert [kind for kind, _, _ in chunks(found.data)] == ["H", "T", "P"]


def test_what_is_still_being_written_comes_the_next_time(file: LiveFile, tmp_path: Path) -> None:
    path = tmp_path / "call_1.live"
    follower = Follower(path, CALL, KEY)
    assert len(list(follower.more())) == 1
    file.append(second(0, 0, 1000))
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    assert list(follower.more()) == []
    path.write_bytes(whole[:-5] + bytes(5))
    assert list(follower.more()) == []
    path.write_bytes(whole)
    assert list(follower.more()) == [second(0, 0, 1000)]


def test_nothing_is_heard_of_an_empty_call_and_a_missing_file_is_an_error(
    file: LiveFile, tap: Tap, tmp_path: Path
) -> None:
    assert tap.next() is None
    with pytest.raises(OSError, match="No such file"):
        Tap(tmp_path / "other.live", CALL, KEY).next()
