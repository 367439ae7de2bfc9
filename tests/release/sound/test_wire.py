"""Messages in a pipe."""

import os

from muniment.release.sound.wire import LENGTH, send


def test_a_message_has_its_length_before_it() -> None:
    source, sink = os.pipe()
    send(sink, b"abc")
    send(sink, b"")
    os.close(sink)
    assert os.read(source, 99) == LENGTH.pack(3) + b"abc" + LENGTH.pack(0)
    os.close(source)
