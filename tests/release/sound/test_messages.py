"""What the child and its parent say to one another."""

import msgspec
import pytest

from muniment.release.sound.messages import (
    Covered,
    Described,
    Drawn,
    FromChild,
    Heard,
    Task,
    Unreadable,
    Wanted,
)
from tests.readers.calls.samples import the_facts


@pytest.mark.parametrize(
    "said",
    [
        Wanted(1, 2),
        Described(8000, 2, 99),
        Heard(b"a", ("b",)),
        Drawn((b"\x80", b""), ((1, 2, -1),)),
        Unreadable("x"),
    ],
)
def test_what_the_child_says_comes_back_as_it_was(said: FromChild) -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(said), type=FromChild) == said


def test_a_task_comes_back_with_facts_and_covers() -> None:
    task = Task("hear", "siprec", 9, "a.wav", the_facts(), 1, 2, 3, (Covered(1, 2, None, beep=False),))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(task), type=Task) == task
