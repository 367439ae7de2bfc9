"""A stream is cut into the messages that were sent, wherever the network cut it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.sip.framing import StreamFramer
from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.parsing import LARGEST_MESSAGE
from tests.capture.calls.sip.fuzz import MESSAGES


def message(body: bytes, end: bytes = b"\r\n") -> bytes:
    return b"INFO sip:a SIP/2.0" + end + b"l: %d" % len(body) + end + end + body


@given(st.lists(st.tuples(st.binary(max_size=60), st.booleans()), max_size=5), st.data())
def test_messages_come_out_as_they_went_in(sent: list[tuple[bytes, bool]], data: st.DataObject) -> None:
    messages = [message(body, b"\n" if bare else b"\r\n") for body, bare in sent]
    stream = b"\r\n".join(messages)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    framer, found = StreamFramer(), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += framer.feed(stream[start:end])
    assert found == messages
    assert not framer.unfinished


def test_keep_alives_are_counted_and_are_no_message() -> None:
    framer = StreamFramer()
    assert framer.feed(b"\r\n") == []
    assert not framer.unfinished
    assert framer.feed(b"\r\n\r\n\r\n") == []
    assert framer.pings == 2
    assert framer.feed(b"\r\n" + message(b"x")) == [message(b"x")]


def test_what_has_begun_is_unfinished_until_it_ends() -> None:
    framer = StreamFramer()
    framer.feed(message(b"four")[:-2])
    assert framer.unfinished
    framer.feed(b"ur")
    assert not framer.unfinished


@pytest.mark.parametrize(
    "stream",
    [
        b"A" * (LARGEST_MESSAGE + 1),
        b"INFO sip:a SIP/2.0\r\nl: 70000\r\n\r\n",
        b"INFO sip:a SIP/2.0\r\nl: x\r\n\r\n",
        b"INFO sip:a SIP/2.0\r\nc: text/plain\r\n\r\nhow long?",
        b"HELLO\r\n\r\n",
    ],
)
def test_a_stream_that_cannot_be_cut_is_an_error(stream: bytes) -> None:
    with pytest.raises(MalformedError):
        StreamFramer().feed(stream)


def test_a_trickle_costs_no_more_than_its_bytes() -> None:
    framer = StreamFramer()
    for _ in range(LARGEST_MESSAGE - 1):
        assert framer.feed(b"A") == []
    with pytest.raises(MalformedError):
        framer.feed(b"AA")


@given(MESSAGES)
def test_whatever_comes_is_cut_or_malformed(data: bytes) -> None:
    try:
        found = StreamFramer().feed(data)
    except MalformedError:
        return
    assert sum(map(len, found)) <= len(data)
