"""A message's bytes come in whole, end where they should, and are not changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.mail.body import ChunkedBody, DottedBody


def stuffed(message: bytes) -> bytes:
    """What an honest client sends after DATA for a message that ends in CRLF."""
    return (b"\r\n" + message).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"


def fed(body: DottedBody | ChunkedBody, data: bytes, step: int) -> bytes | None:
    rest = None
    for at in range(0, len(data), step):
        rest = body.feed(data[at : at + step])
        if rest is not None:
            return rest + data[at + step :]
    return rest


MESSAGES = st.lists(
    st.sampled_from([b"\r\n", b".", b"\n", b"\r", b"a", b"..", b"\n.\n", b"\r.\r", b"\x00", b"\xff"])
)


@given(MESSAGES, st.integers(1, 9), st.sampled_from([b"", b"QUIT\r\n"]))
def test_what_a_client_stuffed_comes_out_as_it_was(pieces: list[bytes], step: int, after: bytes) -> None:
    message = b"".join(pieces) + b"\r\n"
    body = DottedBody()
    assert fed(body, stuffed(message) + after, step) == after
    assert body.content() == message


@pytest.mark.parametrize(
    "mark", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\r\n\x00.\r\n"]
)
def test_no_other_mark_ends_it(mark: bytes) -> None:
    body = DottedBody()
    smuggled = b"x" + mark + b"MAIL FROM:<evil@x>\r\n"
    assert body.feed(smuggled) is None
    assert body.feed(b"\r\n.\r\n") == b""
    assert b"MAIL FROM:<evil@x>" in body.content()


def test_an_empty_message() -> None:
    body = DottedBody()
    assert body.feed(b".\r\nQUIT\r\n") == b"QUIT\r\n"
    assert body.content() == b""


def test_above_a_limit_it_reads_on_and_keeps_nothing() -> None:
    body = DottedBody(limit=10)
    for _ in range(1000):
        assert body.feed(b"x" * 1000) is None
    assert body.feed(b"\r\n.\r\nQUIT\r\n") == b"QUIT\r\n"
    assert body.too_large
    assert len(body.content()) < 20


def test_dots_that_were_stuffed_do_not_count_against_the_limit() -> None:
    body = DottedBody(limit=6)
    body.feed(b"..\r\n..\r\n.\r\n")
    assert not body.too_large
    assert body.content() == b".\r\n.\r\n"


@given(st.lists(st.binary(max_size=20), max_size=5), st.integers(1, 7))
def test_chunks_are_exact(chunks: list[bytes], step: int) -> None:
    body = ChunkedBody()
    for chunk in chunks:
        body.begin(len(chunk))
        assert (fed(body, chunk + b"NEXT", step)) == b"NEXT"
    assert body.content() == b"".join(chunks)


def test_chunks_above_a_limit_are_counted_and_not_kept() -> None:
    body = ChunkedBody(limit=5)
    body.begin(6)
    assert body.feed(b"123456QUIT") == b"QUIT"
    assert body.too_large
    assert body.content() == b""
