"""Types and dispositions of bodies."""

from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.calls.sip.media_types import parse_disposition, parse_media_type


def test_types_are_read_in_any_case_and_with_stray_spaces() -> None:
    found = parse_media_type(' Multipart/ Mixed ; boundary="a;b" ; charset=UTF-8')
    assert (found.name, found.parameter("boundary"), found.parameter("charset"), found.parameter("x")) == (
        "multipart/mixed",
        "a;b",
        "UTF-8",
        "",
    )
    assert found.is_multipart
    assert parse_media_type("application/rs-metadata").is_metadata
    assert parse_media_type("application/rs-metadata+xml").is_metadata
    assert not parse_media_type("application/sdp").is_metadata


def test_a_disposition_says_what_for_and_whether_it_must_be_read() -> None:
    assert parse_disposition(" Recording-Session ; Handling=OPTIONAL").handling == "optional"
    assert parse_disposition("").handling == ""


@given(st.text(max_size=60))
def test_no_text_is_an_error(text: str) -> None:
    parse_media_type(text)
    parse_disposition(text)
