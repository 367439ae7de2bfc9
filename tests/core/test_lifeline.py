"""The bond between a child and its parent."""

import os
import subprocess
import sys

RUN = [sys.executable, "-c"]


def test_an_entry_point_run_by_hand_is_bound_to_nothing() -> None:
    code = "from muniment.core import lifeline; lifeline.bind(); print('runs')"
    environment = {name: value for name, value in os.environ.items() if name != "MUNIMENT_PARENT"}
    assert subprocess.check_output([*RUN, code], env=environment) == b"runs\n"


def test_a_process_whose_parent_is_another_ends_at_once() -> None:
    code = "from muniment.core import lifeline; lifeline.bind(); print('runs')"
    ended = subprocess.run(
        [*RUN, code], env={**os.environ, "MUNIMENT_PARENT": "1"}, capture_output=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (4, b"")


def test_the_variable_does_not_reach_grandchildren() -> None:
    code = (
        "import os; from muniment.core import lifeline; lifeline.bind(); "
        "print('MUNIMENT_PARENT' in os.environ)"
    )
    environment = {**os.environ, "MUNIMENT_PARENT": str(os.getpid())}
    assert subprocess.check_output([*RUN, code], env=environment) == b"False\n"


def test_memory_is_not_dumped() -> None:
    code = (
        "import ctypes, resource; from muniment.core import lifeline; lifeline.forbid_dumps(); "
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))"
    )
    assert subprocess.check_output([*RUN, code]) == b"0 (0, 0)\n"
