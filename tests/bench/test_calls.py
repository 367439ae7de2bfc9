"""The call that is measured with."""

from muniment.bench.calls import a_call
from muniment.readers.calls.container import Container
from muniment.readers.calls.hearing import hear
from muniment.readers.calls.source import Held


def test_it_is_a_call_of_two_sides() -> None:
    container = Container(Held(a_call(4)))
    sound = hear(container)
    assert (container.seconds, container.defects, len(sound.channels)) == (4, [], 2)
    assert 3.9 < sound.seconds <= 4
    assert a_call(4) == a_call(4)
