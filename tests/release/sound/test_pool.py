"""The children as their parent keeps them."""

import os
import signal

import pytest

from muniment.core.errors import RefusedError
from muniment.release.sound import pool as module
from muniment.release.sound.messages import Described, Heard, Task, Unreadable
from muniment.release.sound.pool import Pool
from tests.readers.calls.samples import a_call

CALL = a_call(3)
DESCRIBE = Task("describe", "siprec", len(CALL))


def read(offset: int, length: int) -> bytes:
    return CALL[offset : offset + length]


@pytest.fixture
def pool():
    made = Pool(2)
    yield made
    made.close()


def pids(pool: Pool) -> list[int]:
    return [one._process.pid for one in pool._children.values()]


def test_each_opening_has_a_child_of_its_own_and_keeps_it(pool: Pool) -> None:
    pool.warm()
    for opening in ("a", "b", "a"):
        assert pool.do(opening, DESCRIBE, read) == Described(8000, 2, 3000)
    assert len(set(pids(pool))) == 2
    before = pids(pool)
    pool.do("b", DESCRIBE, read)
    assert sorted(pids(pool)) == sorted(before)


def test_the_longest_unused_child_ends_when_there_are_too_many(pool: Pool) -> None:
    for opening in ("a", "b", "c"):
        pool.do(opening, DESCRIBE, read)
    assert list(pool._children) == ["b", "c"]
    pool.forget("b")
    assert list(pool._children) == ["c"]


def test_a_child_that_died_is_followed_by_another(pool: Pool) -> None:
    pool.do("a", DESCRIBE, read)
    os.kill(pids(pool)[0], signal.SIGKILL)
    assert pool.do("a", DESCRIBE, read) == Described(8000, 2, 3000)


def test_a_child_that_thinks_too_long_is_ended(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    pool.do("a", DESCRIBE, read)
    [child] = pids(pool)
    os.kill(child, signal.SIGSTOP)
    monkeypatch.setattr(module, "LONGEST_THOUGHT", 0.2)
    pool.do("a", DESCRIBE, read)  # by another, if it is quick enough
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_a_refusal_of_the_keeper_goes_through_and_leaves_no_waiting_child(pool: Pool) -> None:
    def refused(_offset: int, _length: int) -> bytes:
        raise RefusedError("The record is no longer open.")

    with pytest.raises(RefusedError, match="no longer open"):
        pool.do("a", DESCRIBE, refused)
    assert not pool._children
    assert isinstance(pool.do("a", Task("hear", "siprec", len(CALL), end=100), read), Heard)


def test_a_child_that_asks_for_too_much_is_ended(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_WANTED", 100)
    assert isinstance(pool.do("a", DESCRIBE, read), Unreadable)
    assert not pool._children
