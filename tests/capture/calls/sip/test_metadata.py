"""Recording metadata in every dialect: who, which streams, which session."""

from pathlib import Path

import pytest
from hypothesis import given

from muniment.capture.calls.sip.bodies import bodies_of
from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.message import Headers
from muniment.capture.calls.sip.metadata import moment, parse_metadata
from tests.capture.calls.client import METADATA
from tests.capture.calls.dialect_calls import AVAYA, BROADWORKS, ORACLE, RIBBON, SPOKEN, Spoken
from tests.capture.calls.sip.fuzz import DOCUMENTS

XML = "urn:ietf:params:xml:ns:recording:1"


def of(spoken: Spoken):
    return parse_metadata(bodies_of(Headers((("content-type", spoken.content_type),)), spoken.body).metadata)


def test_the_standards_form_is_read_whole() -> None:
    document = parse_metadata(METADATA.encode())
    assert document.complete
    assert [(each.address, each.name) for each in document.participants] == [
        ("sip:+441632960123@example.net", "Ann Caller"),
        ("sip:201@example.org", ""),
    ]
    assert [each.label for each in document.streams] == ["1", "2"]
    assert document.sessions[0].sip_ids == ("aa11;remote=bb22",)
    assert document.stream_links[0].sends == (document.streams[0].id,)
    assert document.stream_links[0].receives == (document.streams[1].id,)
    assert document.warnings == ()


def test_dialects_say_the_same_in_other_words() -> None:
    broadworks, oracle, ribbon = of(BROADWORKS), of(ORACLE), of(RIBBON)
    assert broadworks.participants[0].address == "sip:+441632960555@as.example"
    assert broadworks.stream_links[0].sends == ("urn:uuid:9",)
    assert broadworks.streams[0].mode == "mixed"
    assert dict(broadworks.facts)["externalTrackingID"] == "callhalf-77:0"
    assert dict(oracle.participants[1].facts) == {"callingParty": "true"}
    assert dict(ribbon.groups[0].facts)["callid"] == "2da553f7-real"
    assert ribbon.participants[0].address == "205@192.0.2.55"


def test_an_element_without_identifier_is_left_out_with_a_warning() -> None:
    document = of(AVAYA)
    assert [each.label for each in document.streams] == ["10"]
    assert document.warnings == ("a stream has no identifier",)


def test_one_identifier_on_two_different_things_spoils_the_later_one() -> None:
    document = parse_metadata(
        f'<recording xmlns="{XML}"><session session_id="A"/><participant participant_id="A"><nameID aor="sip:x@y"/>'
        '</participant><stream stream_id="B"/></recording>'.encode()
    )
    assert (len(document.sessions), document.participants, len(document.streams)) == (1, (), 1)
    assert document.warnings == ("one identifier names a session and a participant",)
    twice = parse_metadata(
        b'<recording><participant participant_id="A"><nameID aor="sip:x@y"/></participant>'
        b'<participant participant_id="A"><nameID aor="sip:z@y"/></participant></recording>'
    )
    assert [each.address for each in twice.participants] == ["sip:x@y"]
    assert twice.warnings == ("one identifier names two participants",)


def test_an_absent_mode_means_complete_and_a_partial_one_is_partial() -> None:
    assert parse_metadata(b"<recording/>").complete
    assert not parse_metadata(b"<recording><datamode>partial</datamode></recording>").complete
    assert not parse_metadata(b"<recording><dataMode> Partial </dataMode></recording>").complete


def test_a_charset_that_is_wrong_loses_nothing() -> None:
    assert parse_metadata(METADATA.encode(), "no-such-charset").participants
    latin = METADATA.replace("Ann", "Ané").encode("iso-8859-1")
    assert parse_metadata(latin, "iso-8859-1").participants[0].name == "Ané Caller"


def test_what_is_no_metadata_is_malformed() -> None:
    for body in (b"<html/>", b"v=0", b""):
        with pytest.raises(MalformedError):
            parse_metadata(body)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-09T16:50:20Z", 1_773_075_020_000),
        ("2026-03-09T17:50:20.250+01:00", 1_773_075_020_250),
        ("2026-03-09t16:50:20z", 1_773_075_020_000),
        ("2026-03-09T16:50:20", None),
        ("1970-05-13T03:29:05Z", None),
        ("yesterday", None),
        ("2026-13-40T99:00:00Z", None),
    ],
)
def test_a_time_counts_only_where_it_is_certain(text: str, expected: int | None) -> None:
    assert moment(text) == expected


@given(DOCUMENTS)
def test_whatever_comes_is_a_document_or_malformed(body: bytes) -> None:
    try:
        document = parse_metadata(body)
    except MalformedError:
        return
    assert len({each.id for each in document.participants}) == len(document.participants)


def test_real_offers_are_read(shared_data: Path) -> None:
    expected = {
        "acme": 2,
        "broadworks-offer-2": 2,
        "broadworks-offer.": 0,
        "cisco": 2,
        "connectel": 2,
        "inactive": 2,
        "procomm": 2,
        "sonus": 2,
    }
    for name, count in expected.items():
        for path in (shared_data / "calls" / "siprec_offers").glob(f"{name}*.txt"):
            bodies = bodies_of(Headers((("content-type", "multipart/mixed"),)), path.read_bytes())
            assert bodies.sdp
            document = parse_metadata(bodies.metadata, bodies.charset)
            assert len(document.participants) == count, path.name


def test_every_dialect_has_its_document_or_none() -> None:
    for spoken in SPOKEN.values():
        if spoken.content_type.startswith("multipart"):
            assert of(spoken).participants
