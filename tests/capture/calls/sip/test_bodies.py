"""Which part is the description of media, which the metadata, and what must not be left unread."""

import pytest
from hypothesis import given

from muniment.capture.calls.sip.bodies import Bodies, bodies_of
from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.message import Headers
from tests.capture.calls.dialect_calls import BROADWORKS, CUBE, SPOKEN
from tests.capture.calls.sip.fuzz import BODIES


def of(body: bytes, content_type: str, *more: tuple[str, str]) -> Bodies:
    return bodies_of(Headers((("content-type", content_type), *more)), body)


@pytest.mark.parametrize("spoken", SPOKEN.values(), ids=SPOKEN)
def test_each_dialects_bodies_are_told_apart(spoken) -> None:
    bodies = of(spoken.body, spoken.content_type)
    assert bodies.sdp.startswith(b"v=0")
    assert not bodies.metadata or b"recording" in bodies.metadata[:80]


def test_the_order_of_parts_does_not_matter_and_others_are_named() -> None:
    assert of(BROADWORKS.body, BROADWORKS.content_type).metadata.startswith(b"<?xml")
    assert of(CUBE.body, CUBE.content_type).others == ("application/gtd",)


def test_a_body_alone_is_told_by_its_type_or_its_first_line() -> None:
    assert of(b"v=0\r\n", "application/sdp").sdp
    assert of(b"v=0\r\n", "").sdp
    assert of(b"<recording/>", "application/rs-metadata+xml;charset=iso-8859-1").charset == "iso-8859-1"
    assert of(b"<x:recording/>", "text/xml").metadata
    assert of(b"\r\n ", "application/anything") == Bodies()


def test_what_says_that_it_must_be_read_and_is_not_known_is_415() -> None:
    for more in ((), (("content-disposition", "signal;handling=required"),)):
        with pytest.raises(MalformedError) as caught:
            of(b"x", "application/unheard", *more)
        assert caught.value.status == 415
    optional = of(b"x", "application/unheard", ("content-disposition", "signal;handling=optional"))
    assert optional.others == ("application/unheard",)
    with pytest.raises(MalformedError):
        of(b"x", "application/sdp", ("content-encoding", "gzip"))


@given(BODIES)
def test_whatever_comes_is_told_apart_or_malformed(body: bytes) -> None:
    for content_type in ("multipart/mixed;boundary=uniqueBoundary", "multipart/mixed", "application/sdp", ""):
        try:
            bodies = of(body, content_type)
        except MalformedError:
            continue
        assert len(bodies.sdp) + len(bodies.metadata) <= len(body)
