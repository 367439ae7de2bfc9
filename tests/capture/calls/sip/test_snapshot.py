"""The request for all metadata."""

from muniment.capture.calls.sip.snapshot import BODY, snapshot_headers
from muniment.capture.calls.sip.xml_tree import parse_xml


def test_it_is_well_formed_and_in_the_standards_namespace() -> None:
    root = parse_xml(BODY)
    assert (root.name, root.namespace) == ("requestsnapshot", "urn:ietf:params:xml:ns:recording:1")
    assert root.value("requestreason")


def test_its_type_is_one_that_the_client_accepts() -> None:
    new, old = "application/rs-metadata+xml", "application/rs-metadata"
    for accepted, expected in (
        (frozenset[str](), new),
        (frozenset({new, old}), new),
        (frozenset({old}), old),
    ):
        assert dict(snapshot_headers(accepted)) == {
            "content-type": expected,
            "content-disposition": "recording-session",
        }
