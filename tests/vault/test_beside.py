"""Work beside the thread that asks: all of it at the same time, and whoever asked is told what came of it."""

import os
from functools import partial
from threading import Barrier

import pytest

from muniment.vault import beside

DEADLINE = 60  # seconds


def test_what_was_begun_together_runs_together():
    all_three = Barrier(4)

    def meet() -> bool:
        all_three.wait(DEADLINE)
        return True

    begun = [beside.begin(meet) for _ in range(3)]
    all_three.wait(DEADLINE)
    assert [wait() for wait in begun] == [True] * 3


def test_each_is_told_its_own_result():
    begun = [beside.begin(partial(pow, number, 2)) for number in range(100)]
    assert [wait() for wait in begun] == [number * number for number in range(100)]


def test_what_went_wrong_is_raised_where_it_was_asked_for_and_the_thread_goes_on():
    for _ in range(2 * beside.MOST):
        wait = beside.begin(lambda: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            wait()
    assert beside.begin(lambda: "still here")() == "still here"


@pytest.mark.filterwarnings("ignore:.*multi-threaded")
def test_a_forked_process_has_threads_of_its_own():
    assert beside.begin(lambda: 1)() == 1
    child = os.fork()
    if not child:
        try:
            os._exit(beside.begin(lambda: 7)())
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
