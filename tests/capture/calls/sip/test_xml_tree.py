"""XML is a small tree; whatever an attacker could use is closed."""

import pytest
from hypothesis import given

from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.xml_tree import DEEPEST, LARGEST, MOST_ELEMENTS, parse_xml
from tests.capture.calls.sip.fuzz import DOCUMENTS

LAUGHS = (
    b'<!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(
        b'<!ENTITY %c "&%c;&%c;&%c;&%c;">' % (name + 1, name, name, name, name) for name in range(97, 110)
    )
    + b"]><r>&m;</r>"
)


def test_names_lose_their_prefixes_and_namespaces_are_resolved() -> None:
    root = parse_xml(
        b'<a:r xmlns:a="urn:a" xmlns="urn:d"><b x:id=" 1 " c="2">t<i/>u</b><a:b/><lost:b/></a:r>'
    )
    assert (root.name, root.namespace) == ("r", "urn:a")
    first, second, third = root.all("b")
    assert (first.namespace, first.attributes, first.text) == ("urn:d", {"id": " 1 ", "c": "2"}, "tu")
    assert (second.namespace, third.namespace) == ("urn:a", "")
    assert root.value("b") == "tu"
    assert root.value("absent") == ""


@pytest.mark.parametrize(
    "document",
    [
        LAUGHS,
        b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>',
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
        b'<!DOCTYPE r [<!ENTITY % p SYSTEM "http://192.0.2.1/"> %p;]><r/>',
        b"<!DOCTYPE r><r/>",
        b"<r>&undefined;</r>",
        b"<a>" * (DEEPEST + 1) + b"</a>" * (DEEPEST + 1),
        b"<r>" + b"<a/>" * MOST_ELEMENTS + b"</r>",
        b"<r>" + b"x" * LARGEST + b"</r>",
        b"<r " + b" ".join(b'a%d="1"' % number for number in range(100)) + b"/>",
        b"",
        b"   ",
        b"<r>",
        b"<r/><s/>",
        b"\xff\xfe<r/>",
    ],
)
def test_bombs_entities_and_broken_documents_are_refused(document: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_xml(document)


def test_the_charset_of_the_part_beats_what_the_document_says() -> None:
    document = "<?xml version='1.0' encoding='UTF-8'?><r>é</r>"
    assert parse_xml(document.encode("iso-8859-1"), "iso-8859-1").text == "é"
    assert parse_xml(document.encode()).text == "é"
    with pytest.raises(MalformedError):
        parse_xml(document.encode(), "no-such-charset")


@given(DOCUMENTS)
def test_whatever_comes_is_a_tree_or_malformed(document: bytes) -> None:
    for charset in ("", "utf-8", "iso-8859-1", "utf-16"):
        try:
            parse_xml(document, charset)
        except MalformedError:
            continue
