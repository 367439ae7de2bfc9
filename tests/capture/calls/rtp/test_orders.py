"""Messages between recorder and worker."""

import os

import pytest

from muniment.capture.calls.rtp import orders
from muniment.capture.calls.rtp.orders import Closed, Mask, Orders, Told, Write


def test_messages_keep_their_order_and_bring_descriptors() -> None:
    ours, theirs = orders.pair()
    reader = Orders(theirs)
    assert reader.next() is None
    read, write = os.pipe()
    orders.send(ours, Mask("call_1", 5, True, None, "api", "x"), (read, write))
    orders.send(ours, Write("call_1", 6, b"x" * 200_000))
    first = reader.next()
    assert first is not None
    order, descriptors = first
    assert order == Mask("call_1", 5, True, None, "api", "x")
    os.write(descriptors[1], b"through")
    assert os.read(read, 10) == b"through"
    second = reader.next()
    assert second is not None
    assert second[1] == ()
    assert isinstance(second[0], Write)
    for descriptor in (read, write, *descriptors):
        os.close(descriptor)


def test_each_end_hears_when_the_other_is_gone() -> None:
    ours, theirs = orders.pair()
    orders.send(theirs, Told("call_1", "source", 5, 1))
    orders.send(theirs, Closed("call_1", (), ((1, 2, None, "api", ""),), False, ()))
    assert orders.receive_reply(ours) == Told("call_1", "source", 5, 1)
    assert isinstance(orders.receive_reply(ours), Closed)
    theirs.close()
    with pytest.raises(EOFError):
        orders.receive_reply(ours)
    ours, theirs = orders.pair()
    ours.close()
    with pytest.raises(EOFError):
        Orders(theirs).next()
