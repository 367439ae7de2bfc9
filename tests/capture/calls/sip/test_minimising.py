"""Of metadata only what policy names is written."""

import xml.etree.ElementTree as Tree

from hypothesis import given

from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.minimising import kept_metadata
from muniment.capture.calls.sip.xml_tree import parse_xml
from tests.capture.calls.client import METADATA
from tests.capture.calls.sip.fuzz import DOCUMENTS

EXTENDED = METADATA.replace(
    "</recording>",
    '<x:crm xmlns:x="urn:x" secret="1"><x:ticket>T-1</x:ticket><x:name>Mrs &amp; Mr Private</x:name></x:crm></recording>',
)


def test_the_standards_elements_stay_and_extensions_go() -> None:
    kept = kept_metadata(parse_xml(EXTENDED.encode()), (), names=True)
    for word in ("Ann Caller", "sip:201@example.org", "aa11;remote=bb22", "<label>1</label>"):
        assert word in kept
    for word in ("T-1", "Private", "secret", "crm"):
        assert word not in kept


def test_an_extension_that_policy_names_stays_in_its_place() -> None:
    kept = kept_metadata(parse_xml(EXTENDED.encode()), ("ticket",), names=False)
    assert "<crm><ticket>T-1</ticket></crm>" in kept
    assert "Private" not in kept
    assert "Ann Caller" not in kept


@given(DOCUMENTS)
def test_what_is_written_is_well_formed(body: bytes) -> None:
    try:
        root = parse_xml(body)
    except MalformedError:
        return
    Tree.fromstring(kept_metadata(root, ("anything",), names=True))  # noqa: S314  our own writing
