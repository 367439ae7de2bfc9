"""Group commit: many connections, one receipt; on any doubt, a clear no."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest

from muniment.capture.batch import Captured
from muniment.capture.mail.commit import Bounds, GroupCommit
from muniment.capture.statement import CaptureStatement
from muniment.core.errors import FaultFoundError
from muniment.core.ids import new_record_id
from tests.capture.memory_keeper import ORGANISATION, MemoryKeeper

STATEMENT = CaptureStatement(source="s", received=0, form="smtp", sha256="").encode()
QUICK = Bounds(patience=0.3, shortest_pause=0.01, longest_pause=0.02)


def message(original: bytes) -> Captured:
    return Captured(new_record_id(), STATEMENT, original)


async def ready(commit: GroupCommit) -> None:
    for _ in range(500):
        if commit.has_room():
            return
        await asyncio.sleep(0.01)
    pytest.fail("the keeper was not found")


def submitted(commit: GroupCommit, original: bytes) -> "asyncio.Future[bool]":
    answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    commit.submit(message(original), answer.set_result)
    return answer


def opened(gate: threading.Event) -> None:
    gate.wait(10)


def with_commit(
    keeper: MemoryKeeper, story: Callable[[GroupCommit], Awaitable[None]], bounds: Bounds = QUICK
) -> None:
    async def run() -> None:
        commit = GroupCommit(ORGANISATION, keeper, bounds)
        commit.start()
        try:
            await story(commit)
        finally:
            await commit.stop()

    asyncio.run(run())


def test_messages_that_come_together_are_kept_together() -> None:
    keeper = MemoryKeeper()

    async def story(commit: GroupCommit) -> None:
        await ready(commit)
        originals = [b"%d" % n for n in range(600)]
        assert all(await asyncio.gather(*(submitted(commit, original) for original in originals)))
        assert sorted(keeper.originals()) == sorted(originals)
        assert len(keeper.batches) < 10
        assert commit.kept == 600

    with_commit(keeper, story)


def test_nobody_hears_yes_before_the_receipt() -> None:
    keeper, gate = MemoryKeeper(), threading.Event()
    keeper.before_seal = lambda: opened(gate)

    async def story(commit: GroupCommit) -> None:
        await ready(commit)
        answer = submitted(commit, b"x")
        await asyncio.sleep(0.1)
        assert not answer.done()
        gate.set()
        assert await answer

    with_commit(keeper, story)


def test_while_the_keeper_is_away_there_is_no_room_and_then_there_is_again() -> None:
    keeper = MemoryKeeper()

    async def story(commit: GroupCommit) -> None:
        await ready(commit)
        keeper.away = True
        assert not await submitted(commit, b"lost?")
        assert not commit.has_room()
        keeper.away = False
        await ready(commit)
        assert await submitted(commit, b"kept")

    with_commit(keeper, story)
    assert keeper.originals() == [b"kept"]


def test_a_keeper_that_hangs_costs_a_no_and_not_the_daemon() -> None:
    keeper, gate = MemoryKeeper(), threading.Event()
    keeper.before_seal = lambda: opened(gate)

    async def story(commit: GroupCommit) -> None:
        await ready(commit)
        answers = []
        for _ in range(4):
            answers.append(submitted(commit, b"x"))
            await asyncio.sleep(0.05)
        assert not any(await asyncio.gather(*answers))
        gate.set()
        keeper.before_seal = lambda: None
        await ready(commit)
        assert await submitted(commit, b"after")

    with_commit(keeper, story)


@pytest.mark.parametrize(
    "error", [FaultFoundError("damaged"), OSError("gone"), ValueError("odd"), MemoryError()]
)
def test_whatever_goes_wrong_is_a_no(error: Exception) -> None:
    keeper = MemoryKeeper()

    def fail() -> None:
        raise error

    async def story(commit: GroupCommit) -> None:
        await ready(commit)
        keeper.before_seal = fail
        assert not await submitted(commit, b"x")
        keeper.before_seal = lambda: None
        await ready(commit)
        assert await submitted(commit, b"y")

    with_commit(keeper, story)


def test_a_backlog_above_its_bound_leaves_no_room() -> None:
    keeper, gate = MemoryKeeper(), threading.Event()
    keeper.before_seal = lambda: opened(gate)

    async def story(commit: GroupCommit) -> None:
        await ready(commit)
        answer = submitted(commit, b"x" * 1000)
        assert not commit.has_room()
        gate.set()
        assert await answer
        assert commit.has_room()

    with_commit(keeper, story, Bounds(bytes=1000))


def test_a_stop_finishes_what_was_submitted() -> None:
    keeper = MemoryKeeper()
    keeper.pause = 0.05
    answers: list[asyncio.Future[bool]] = []

    async def story(commit: GroupCommit) -> None:
        await ready(commit)
        answers.extend(submitted(commit, b"%d" % n) for n in range(300))

    with_commit(keeper, story)
    assert [answer.result() for answer in answers] == [True] * 300
