"""Bodies in parts: nested, mixed, alternative, with every oddity of boundaries; bytes stay bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.media_types import parse_disposition, parse_media_type
from muniment.capture.calls.sip.multipart import MOST_PARTS, Part, is_known, parts_of
from tests.capture.calls.sip.fuzz import BODIES


def parts(body: bytes, content_type: str = "multipart/mixed; boundary=b") -> list[Part]:
    return parts_of(parse_media_type(content_type), parse_disposition(""), body)


def contents(body: bytes, content_type: str = "multipart/mixed; boundary=b") -> list[bytes]:
    return [part.content for part in parts(body, content_type)]


@given(
    st.lists(st.binary(max_size=80).filter(lambda data: b"--b" not in data), max_size=5),
    st.sampled_from([b"\r\n", b"\n"]),
)
def test_parts_are_the_same_to_the_byte(pieces: list[bytes], end: bytes) -> None:
    body = (
        b"".join(b"--b" + end + b"Content-Type: x/y" + end + end + piece + end for piece in pieces)
        + b"--b--"
        + end
    )
    found = contents(body) if pieces else []
    assert [each.rstrip(b"\r") for each in found] == [piece.rstrip(b"\r") for piece in pieces]


def test_a_body_with_bare_lf_keeps_its_length() -> None:
    sdp = b"v=0\no=- 1 1 IN IP4 1.2.3.4\ns=-\nm=audio 1 RTP/AVP 0\n"
    assert contents(b"--b\nContent-Type: application/sdp\n\n" + sdp + b"\n--b--\n") == [sdp]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ('multipart/mixed; boundary="b"', b"--b\r\nA: x\r\n\r\none\r\n--b--"),
        ("multipart/mixed;boundary=b", b"preamble\r\n--b\r\nA: x\r\n\r\none\r\n--b--\r\nepilogue"),
        ("multipart/mixed;boundary=b", b"--b  \t\r\nA: x\r\n\r\none\r\n--b-- \r\n"),
        ("multipart/mixed;boundary=b", b"\r\n\r\n--b\r\nA: x\r\n\r\none"),
        ("multipart/mixed", b"\r\n--guess-me\r\nA: x\r\n\r\none\r\n--guess-me--"),
        ("multipart/mixed;boundary=wrong", b"--right\r\nA: x\r\n\r\none\r\n--right--"),
        ('multipart/mixed;boundary="a b"', b"--a b\r\nA: x\r\n\r\none\r\n--a b--"),
        ("multipart/mixed;boundary=b", b"--b\r\n\r\none\r\n--b--"),
    ],
)
def test_boundaries_are_found_however_they_are_written(content_type: str, body: bytes) -> None:
    assert contents(body, content_type) == [b"one"]


def test_a_longer_word_is_not_the_boundary() -> None:
    assert contents(b"--b\r\nA: x\r\n\r\n--bc\r\nx--b\r\n--b--") == [b"--bc\r\nx--b"]


def test_nested_parts_are_flattened_and_of_alternatives_the_last_known_is_taken() -> None:
    inner = b"--i\r\nContent-Type: text/plain\r\n\r\nno\r\n--i\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--i\r\nContent-Type: text/html\r\n\r\nno\r\n--i--"
    body = (
        b"--b\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n"
        + inner
        + b"\r\n--b\r\nContent-Type: application/rs-metadata\r\n\r\n<x/>\r\n--b--"
    )
    found = parts(body)
    assert [part.content for part in found] == [b"v=0", b"<x/>"]
    assert all(is_known(part) for part in found)
    unknown = b"--i\r\nContent-Type: a/b\r\n\r\n1\r\n--i\r\nContent-Type: c/d\r\n\r\n2\r\n--i--"
    assert contents(unknown, "multipart/alternative;boundary=i") == [b"2"]


def test_encodings_are_undone() -> None:
    head = b"--b\r\nContent-Transfer-Encoding: "
    assert contents(head + b"base64\r\n\r\ndj0w\r\n--b--") == [b"v=0"]
    assert contents(head + b"quoted-printable\r\n\r\nv=3D0\r\n--b--") == [b"v=0"]
    assert contents(head + b"binary\r\n\r\nv=3D0\r\n--b--") == [b"v=3D0"]


def test_folded_and_odd_part_headers_are_read() -> None:
    body = b"--b\r\nContent-Disposition:\r\n  recording-session;\r\n handling=optional\r\ncontent-TYPE : a/b\r\n\r\nx\r\n--b--"
    (part,) = parts(body)
    assert (part.disposition.name, part.disposition.handling) == ("recording-session", "optional")
    assert part.media_type.name == "a/b"


def test_too_much_is_an_error() -> None:
    with pytest.raises(MalformedError):
        parts(b"--b\r\n\r\nx\r\n" * (MOST_PARTS + 2) + b"--b--")
    deep = b"x"
    for _ in range(8):
        deep = b"--b\r\nContent-Type: multipart/mixed;boundary=b\r\n\r\n" + deep
    with pytest.raises(MalformedError):
        parts(deep)
    with pytest.raises(MalformedError):
        parts(b"no boundary at all", "multipart/mixed")


@given(BODIES, st.sampled_from(["b", "edge", "uniqueBoundary", "x y", ""]))
def test_whatever_comes_is_parts_or_malformed(body: bytes, boundary: str) -> None:
    try:
        found = contents(body, f'multipart/mixed; boundary="{boundary}"')
    except MalformedError:
        return
    assert len(found) <= MOST_PARTS
