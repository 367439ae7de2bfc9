"""XML as a small tree, read by expat with everything closed that an attacker could use.

No document type, so no entities of one's own and no bombs; nothing is fetched; depth, size and number of
elements are bounded. Prefixes are resolved here, because vendors use some that they never declare.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Never
from xml.parsers import expat

from muniment.capture.calls.sip.malformed import MalformedError

LARGEST = 256 * 1024  # bytes; a SIP message holds 64 KiB
DEEPEST = 32
MOST_ELEMENTS = 5_000
MOST_ATTRIBUTES = 64


@dataclass
class Element:
    """An element: local name, namespace ("" for none or unknown), attributes by local name."""

    name: str
    namespace: str
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)
    text: str = ""

    def all(self, name: str) -> Iterator["Element"]:
        """Children of this name, in order."""
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> "Element | None":
        """The first child of this name."""
        return next(self.all(name), None)

    def value(self, name: str) -> str:
        """The text of the first child of this name, empty where there is none."""
        child = self.first(name)
        return child.text.strip() if child else ""


def parse_xml(body: bytes, charset: str = "") -> Element:
    """The root element. `charset` beats what the document declares. MalformedError for anything odd."""
    if len(body) > LARGEST:
        raise MalformedError("The XML is too large.", status=413)
    try:
        parser = expat.ParserCreate(charset or None)
    except (ValueError, TypeError) as error:
        raise MalformedError("The character set of the XML is not known.") from error
    builder = _Builder()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise MalformedError("The XML is not well formed.") from error
    if builder.root is None:
        raise MalformedError("The XML has no element.")
    return builder.root


def _refuse(*_: object) -> Never:
    raise MalformedError("XML with a document type or entities is not read.")


class _Builder:
    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[tuple[Element, Mapping[str, str]]] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= DEEPEST or self._count > MOST_ELEMENTS or len(attributes) > MOST_ATTRIBUTES:
            raise MalformedError("The XML has too many elements.", status=413)
        spaces = self._open[-1][1] if self._open else {}
        declared = {key: value for key, value in attributes.items() if key.split(":")[0] == "xmlns"}
        if declared:
            spaces = {**spaces, **{key.partition(":")[2]: value for key, value in declared.items()}}
        prefix, _, local = name.rpartition(":")
        own = {key.rpartition(":")[2]: value for key, value in attributes.items() if key not in declared}
        element = Element(local, spaces.get(prefix, ""), own)
        if self._open:
            self._open[-1][0].children.append(element)
        elif self.root is None:
            self.root = element
        self._open.append((element, spaces))

    def end(self, _: str) -> None:
        self._open.pop()

    def text(self, data: str) -> None:
        if self._open:
            self._open[-1][0].text += data
