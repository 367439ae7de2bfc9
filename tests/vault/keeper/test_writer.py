"""The writer: groups, keeps order, and lets no job pay for another."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from muniment.core.errors import FaultFoundError, NotAvailableError, RefusedError
from muniment.vault import sealing
from muniment.vault.frames import Kind
from muniment.vault.keeper.strongroom import Strongroom
from muniment.vault.keeper.writer import Job
from muniment.vault.sealing import Document, SealedBatch
from muniment.vault.store import Commit, Store
from tests.vault.firm import Firm


@pytest.fixture
def room(firm: Firm) -> Strongroom:
    return firm.keeper.room(firm.organisation)


def batch(room: Strongroom) -> SealedBatch:
    return sealing.seal_batch(room.epoch, [Document(Kind.RECORD, b"\x00\x00\x00\x00x")])


def together(room: Strongroom, jobs: list[Job], monkeypatch: pytest.MonkeyPatch) -> tuple[list[object], int]:
    """The answers to jobs that all wait while another commit is under way, and how many commits there were."""
    real, go, entered, commits = Store.commit, threading.Event(), threading.Event(), 0

    def slow(store: Store, batches: list[SealedBatch]) -> Commit:
        nonlocal commits
        commits += 1
        entered.set()
        go.wait(10)
        return real(store, batches)

    def ask(job: Job) -> object:
        try:
            return room.writer.submit(job)
        except Exception as error:  # noqa: BLE001
            return error

    with monkeypatch.context() as patched, ThreadPoolExecutor(len(jobs) + 1) as pool:
        patched.setattr(Store, "commit", slow)
        first = pool.submit(room.seal, batch(room))
        entered.wait(10)
        waiting = [pool.submit(ask, job) for job in jobs]
        while len(room.writer._jobs) < len(jobs):  # until all wait
            pass
        go.set()
        first.result()
        return [each.result() for each in waiting], commits


def keep(sealed: SealedBatch) -> Job:
    return Job(lambda _first: (sealed,), lambda commit: commit.first)


def test_jobs_that_wait_share_one_commit(room: Strongroom, monkeypatch: pytest.MonkeyPatch) -> None:
    start = room.store.size
    answers, commits = together(room, [keep(batch(room)) for _ in range(20)], monkeypatch)
    assert sorted(answers) == list(range(start + 1, start + 21))  # type: ignore[type-var]
    assert commits == 2


def test_a_refused_job_does_not_hold_up_the_others(room: Strongroom, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_first: int) -> tuple[SealedBatch, ...]:
        raise RefusedError("No.")

    def break_(_first: int) -> tuple[SealedBatch, ...]:
        raise ZeroDivisionError("with content in its message")

    jobs = [keep(batch(room)), Job(refuse, lambda _: None), Job(break_, lambda _: None), keep(batch(room))]
    answers, _ = together(room, jobs, monkeypatch)
    assert [type(answer) for answer in answers] == [int, RefusedError, NotAvailableError, int]
    assert "content" not in str(answers[2])


def test_a_job_that_spoils_its_group_is_found_out(room: Strongroom, monkeypatch: pytest.MonkeyPatch) -> None:
    good = batch(room)
    taken = batch(room)
    room.seal(taken)
    answers, _ = together(room, [keep(good), keep(taken), keep(batch(room))], monkeypatch)
    assert [type(answer) for answer in answers] == [int, RefusedError, int]


def test_a_fault_after_the_commit_is_told_to_its_job_alone(
    room: Strongroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(_commit: Commit) -> None:
        raise FaultFoundError("Damaged.")

    bad = Job(lambda _first: (batch(room),), fault)
    answers, _ = together(room, [bad, keep(batch(room))], monkeypatch)
    assert isinstance(answers[0], FaultFoundError)
    assert isinstance(answers[1], int)


def test_a_job_alone_is_written_by_whoever_brings_it(room: Strongroom) -> None:
    def where(_: object) -> int:
        return threading.get_ident()

    assert room.writer.submit(Job(lambda _first: (batch(room),), where)) == threading.get_ident()


def test_a_thread_that_is_ended_while_it_writes_leaves_nobody_waiting(room: Strongroom) -> None:
    def end(_first: int) -> tuple[SealedBatch, ...]:
        raise KeyboardInterrupt

    size = room.store.size
    with pytest.raises(KeyboardInterrupt):
        room.writer.submit(Job(end, lambda _: None))
    assert room.writer.submit(keep(batch(room))) == size


def test_a_job_without_entries_commits_nothing(room: Strongroom) -> None:
    size = room.store.size
    assert room.writer.submit(Job(lambda _first: (), lambda commit: commit.count)) == 0
    assert room.store.size == size


def test_after_stopping_jobs_are_refused(room: Strongroom) -> None:
    room.seal(batch(room))
    room.writer.stop()
    assert room.store.checkpoint.size == room.store.size
    with pytest.raises(NotAvailableError, match="stopping"):
        room.seal(batch(room))


def test_the_checkpoint_may_lag_but_nothing_is_lost(
    room: Strongroom, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_store: Store) -> None:
        raise NotAvailableError("The checkpoint cannot be published.")

    with monkeypatch.context() as patched:
        patched.setattr(Store, "publish", full)
        room.seal(batch(room))
        with pytest.raises(NotAvailableError):
            room.alone(lambda: None)
    room.alone(lambda: None)
    assert room.store.checkpoint.size == room.store.size
    capsys.readouterr()
