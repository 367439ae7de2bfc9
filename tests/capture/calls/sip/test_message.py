"""Messages as values, and the replies that echo them."""

import pytest

from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.message import Headers, Request, Response, has_tag, reply
from muniment.capture.calls.sip.parsing import parse

REQUEST = Request(
    "INVITE",
    "sip:a@b",
    Headers(
        (
            ("via", "SIP/2.0/UDP one"),
            ("via", "SIP/2.0/UDP two"),
            ("from", "<sip:x>;tag=1"),
            ("to", "<sip:y>"),
            ("call-id", "c"),
            ("cseq", "1 INVITE"),
        )
    ),
    b"body",
)


def test_a_reply_echoes_what_the_client_needs_to_know_it_again() -> None:
    response = reply(REQUEST, 200, "mine", extra=(("allow", "BYE"),), body=b"x")
    assert response.headers.values("via") == ["SIP/2.0/UDP one", "SIP/2.0/UDP two"]
    assert response.headers.first("to") == "<sip:y>;tag=mine"
    assert response.headers.first("from") == "<sip:x>;tag=1"
    assert parse(response.to_bytes()).body == b"x"


def test_trying_adds_no_tag_and_a_tag_is_added_once() -> None:
    assert reply(REQUEST, 100, "mine").headers.first("to") == "<sip:y>"
    tagged = Request("BYE", "sip:a", Headers((*REQUEST.headers.fields[:3], ("to", "<sip:y>;tag=t"))))
    assert reply(tagged, 481, "mine").headers.first("to") == "<sip:y>;tag=t"


@pytest.mark.parametrize(
    ("address", "tagged"),
    [
        ("<sip:a>;tag=1", True),
        ("<sip:a;tag=1>", False),
        ("sip:a;tag=", True),
        ("<sip:a> ; TAG=x", True),
        ("", False),
    ],
)
def test_a_tag_is_a_parameter_of_the_header(address: str, tagged: bool) -> None:
    assert has_tag(address) == tagged


def test_names_are_written_as_people_know_them_and_odd_bytes_stay() -> None:
    data = Request(
        "INFO",
        "sip:a",
        Headers((("call-id", "x\udcff"), ("cseq", "1 INFO"), ("min-se", "90"), ("x-own", "y"))),
    ).to_bytes()
    assert (
        data
        == b"INFO sip:a SIP/2.0\r\nCall-ID: x\xff\r\nCSeq: 1 INFO\r\nMin-SE: 90\r\nX-Own: y\r\nContent-Length: 0\r\n\r\n"
    )
    assert parse(data).headers.first("call-id") == "x\udcff"


def test_a_header_that_must_stand_once_is_looked_for() -> None:
    headers = Headers((("a", "1"), ("b", "1"), ("b", "2"), ("c", "")))
    assert headers.only("a") == "1"
    for name in ("b", "c", "d"):
        with pytest.raises(MalformedError):
            headers.only(name)


def test_a_status_that_has_no_name_here_has_one_all_the_same() -> None:
    assert reply(REQUEST, 299, "t").reason == "Unknown"
    assert Response(299, "Mine", Headers()).to_bytes().startswith(b"SIP/2.0 299 Mine\r\n")
