"""SIP messages read from bytes: as the standard writes them, as others do, and never anything but one error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.message import Request, Response
from muniment.capture.calls.sip.parsing import LARGEST_MESSAGE, MOST_FIELDS, content_length, parse, sequence
from tests.capture.calls.sip.fuzz import MESSAGES

PLAIN = b"OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nCSeq: 7 OPTIONS\r\n\r\n"


def test_a_request_and_a_response_are_read() -> None:
    request = parse(PLAIN)
    assert isinstance(request, Request)
    assert (request.method, request.uri, sequence(request.headers)) == ("OPTIONS", "sip:a@b", (7, "OPTIONS"))
    response = parse(b"SIP/2.0 486 Besetzt \xc3\xa4\r\nVia: x\r\n\r\n")
    assert isinstance(response, Response)
    assert (response.status, response.reason) == (486, "Besetzt ä")
    assert parse(b"SIP/2.0 200 \r\n\r\n") == Response(200, "", response.headers.__class__())


def test_compact_folded_and_repeated_headers_are_one_thing() -> None:
    message = parse(
        b"INVITE sip:a SIP/2.0\r\nv: SIP/2.0/TCP one\r\nVIA : SIP/2.0/TCP two,\r\n  SIP/2.0/TCP three\r\n"
        b"i:abc\r\nk: timer\r\nSupported: siprec , 100rel\r\nf:\t<sip:x>;tag=1\r\nx: 90\r\nm: <sip:c,d>\r\n\r\n"
    )
    headers = message.headers
    assert headers.values("via") == ["SIP/2.0/TCP one", "SIP/2.0/TCP two", "SIP/2.0/TCP three"]
    assert headers.first("call-id") == "abc"
    assert headers.tokens("supported") == {"timer", "siprec", "100rel"}
    assert headers.first("session-expires") == "90"
    assert headers.values("contact") == ["<sip:c,d>"]


def test_lines_that_end_in_lf_alone_are_read_and_the_body_is_not_touched() -> None:
    body = b"v=0\na=b\r\n\nend\n"
    message = parse(b"INVITE sip:a SIP/2.0\nContent-Length: %d\n\n%s" % (len(body), body))
    assert message.body == body


def test_a_datagram_may_hold_more_than_its_message_and_must_not_hold_less() -> None:
    assert parse(PLAIN[:-2] + b"Content-Length: 2\r\n\r\nabcdef").body == b"ab"
    assert parse(PLAIN + b"abc").body == b"abc"
    with pytest.raises(MalformedError) as caught:
        parse(PLAIN[:-2] + b"Content-Length: 9\r\n\r\nabc")
    assert isinstance(caught.value.head, Request)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 400),
        (b"INVITE sip:a SIP/2.0\r\nVia: x", 400),
        (b"INVITE  sip:a SIP/2.0\r\n\r\n", 400),
        (b"INVITE sip:a\r\n\r\n", 400),
        (b"INVITE sip:a SIP/7.0\r\nVia: x\r\n\r\n", 505),
        (b"SIP/2.0 99 Low\r\n\r\n", 400),
        (b"SIP/2.0 700 High\r\n\r\n", 400),
        (b"INVITE sip:a SIP/2.0\r\nno colon here\r\n\r\n", 400),
        (b"INVITE sip:a SIP/2.0\r\nVia: a\x00b\r\n\r\n", 400),
        (b"INVITE sip:a SIP/2.0\r\nVia: a\rb\r\n\r\n", 400),
        (b"INVITE sip:a SIP/2.0\r\n" + b"A: b\r\n" * (MOST_FIELDS + 1) + b"\r\n", 513),
        (b"INVITE sip:a SIP/2.0\r\nContent-Length: -1\r\n\r\n", 400),
        (b"INVITE sip:a SIP/2.0\r\nContent-Length: 1\r\nl: 2\r\n\r\nabc", 400),
        ("INVITE sip:a SIP/2.0\r\nContent-Length: ٣\r\n\r\nabc".encode(), 400),
        (PLAIN + b"x" * LARGEST_MESSAGE, 513),
    ],
)
def test_what_is_no_message_is_one_error_with_its_status(data: bytes, status: int) -> None:
    with pytest.raises(MalformedError) as caught:
        parse(data)
    assert caught.value.status == status


def test_a_length_that_is_not_said_is_none() -> None:
    assert content_length(parse(PLAIN).headers) is None


@given(MESSAGES)
def test_whatever_comes_is_a_message_or_malformed(data: bytes) -> None:
    try:
        message = parse(data)
    except MalformedError:
        return
    again = parse(message.to_bytes())
    assert again.body == message.body
    kept = [field for field in message.headers if field[0] != "content-length"]
    assert [field for field in again.headers if field[0] != "content-length"] == kept


@given(st.text(max_size=30))
def test_a_sequence_is_a_number_and_a_method_or_malformed(text: str) -> None:
    try:
        headers = parse(b"OPTIONS sip:a SIP/2.0\r\nCSeq: " + text.encode() + b"\r\n\r\n").headers
        number, method = sequence(headers)
    except MalformedError:
        return
    assert 0 <= number < 2**31
    assert method
