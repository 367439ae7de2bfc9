"""Recording metadata (RFC 7865), in the standard's form and in those that vendors send.

Names decide, not namespaces: old drafts, vendors' roots and prefixes are read alike. Identifiers are
compared as trimmed text. A foreign element is an extension: its fields are kept by their local names.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from muniment.capture.calls.sip.malformed import MalformedError
from muniment.capture.calls.sip.xml_tree import Element, parse_xml

ROOTS = frozenset({"recording", "recording_metadata"})
OWN_NAMESPACES = ("", "urn:ietf:params:xml:ns:recording", "urn:ietf:params:xml:ns:siprec")

STRUCTURE = frozenset(
    {
        "datamode",
        "dataMode",
        "group",
        "session",
        "participant",
        "stream",
        "sessionrecordingassoc",
        "participantsessionassoc",
        "participantstreamassoc",
    }
)

MOST_EXTENSIONS = 200
LONGEST_TEXT = 1_024

_ZONE = re.compile(r"(?:Z|[+-][0-9]{2}:?[0-9]{2})$", re.IGNORECASE)


@dataclass(frozen=True)
class Group:
    """Communication sessions that belong together; `facts` are its extensions."""

    id: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Session:
    """A communication session between the phones."""

    id: str
    sip_ids: tuple[str, ...] = ()
    """`sipSessionID`: two ends, separated by `;remote=` (RFC 7989)."""
    group: str = ""
    reasons: tuple[str, ...] = ()
    stopped: bool = False
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Participant:
    """Somebody in a communication session."""

    id: str
    address: str = ""
    name: str = ""
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Stream:
    """A media stream; `label` is that of an m-line in the same message."""

    id: str
    session: str = ""
    label: str = ""
    mode: str = ""


@dataclass(frozen=True)
class StreamLink:
    """What one participant sends and receives (participantstreamassoc)."""

    participant: str
    sends: tuple[str, ...] = ()
    receives: tuple[str, ...] = ()
    ended: bool = False


@dataclass(frozen=True)
class SessionLink:
    """That a participant is in a session (participantsessionassoc)."""

    participant: str
    session: str
    ended: bool = False


@dataclass(frozen=True)
class Document:
    """One document. Absent `datamode` means complete."""

    complete: bool = True
    groups: tuple[Group, ...] = ()
    sessions: tuple[Session, ...] = ()
    participants: tuple[Participant, ...] = ()
    streams: tuple[Stream, ...] = ()
    stream_links: tuple[StreamLink, ...] = ()
    session_links: tuple[SessionLink, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    tree: Element | None = field(default=None, compare=False, repr=False)


def parse_metadata(body: bytes, charset: str = "") -> Document:
    """Read a document; MalformedError where it is none at all. What is odd in it becomes a warning."""
    try:
        root = parse_xml(body, charset)
    except MalformedError:
        if not charset:
            raise
        root = parse_xml(body)  # the parameter was wrong; the document may be right
    if root.name not in ROOTS:
        raise MalformedError("The XML is no recording metadata.")
    return _Reader(root).document()


def moment(text: str) -> int | None:
    """A time of RFC 3339 in milliseconds since 1970; None where it has no zone or cannot be true.

    Clocks that start in 1970 and times without a zone are dialect: our own clock stands beside them.
    """
    text = text.strip()
    if not _ZONE.search(text):
        return None
    try:
        parsed = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return int(parsed.timestamp() * 1000) if parsed.year >= 2000 else None  # noqa: PLR2004 older: a clock never set


class _Reader:
    def __init__(self, root: Element) -> None:
        self._root = root
        self._warnings: list[str] = []
        self._ids: dict[str, str] = {}

    def document(self) -> Document:
        containers = [self._root, *(child for child in self._root.all("recording"))]
        members = [child for container in containers for child in container.children]
        mode = next((child.text for child in members if child.name.lower() == "datamode"), "complete")
        groups, sessions = tuple(self._groups(members)), tuple(self._sessions(members))
        participants = self._participants(members)
        links = [*self._stream_links(members), *self._inline_links(members)]
        return Document(
            complete=mode.strip().lower() != "partial",
            groups=groups,
            sessions=sessions,
            participants=tuple(participants),
            streams=tuple(self._streams(members)),
            stream_links=tuple(links),
            session_links=tuple(self._session_links(members)),
            facts=_facts(child for child in members if child.name not in STRUCTURE | {"recording"}),
            warnings=tuple(self._warnings),
            tree=self._root,
        )

    def _groups(self, members: list[Element]) -> Iterator[Group]:
        for element in _named(members, "group"):
            if identifier := self._identifier(element, "group"):
                yield Group(identifier, _extensions(element, {"associate-time", "disassociate-time"}))

    def _sessions(self, members: list[Element]) -> Iterator[Session]:
        standard = {"sipSessionID", "reason", "group-ref", "group", "start-time", "stop-time"}
        for element in _named(members, "session"):
            if identifier := self._identifier(element, "session"):
                yield Session(
                    id=identifier,
                    sip_ids=tuple(_text(child) for child in element.all("sipSessionID") if _text(child)),
                    group=element.value("group-ref") or element.value("group"),
                    reasons=tuple(_text(child) for child in element.all("reason")),
                    stopped=element.first("stop-time") is not None,
                    facts=_extensions(element, standard),
                )

    def _participants(self, members: list[Element]) -> Iterator[Participant]:
        standard = {"nameID", "aor", "name", "send", "recv", "associate-time", "disassociate-time"}
        found: dict[str, Participant] = {}
        for element in _named(members, "participant"):
            if identifier := self._identifier(element, "participant"):
                named = element.first("nameID")
                address = _clean(named.attributes.get("aor", "") if named else "")
                address = address or element.value("aor") or (_text(named) if named else "")
                name = (named.value("name") if named else "") or element.value("name")
                facts = _extensions(element, standard)
                participant = Participant(identifier, _clean(address), _clean(name), facts)
                if found.setdefault(identifier, participant).address != participant.address:
                    self._warnings.append("one identifier names two participants")
        return iter(found.values())

    def _streams(self, members: list[Element]) -> Iterator[Stream]:
        for element in _named(members, "stream"):
            if identifier := self._identifier(element, "stream"):
                session = element.attributes.get("session_id") or element.attributes.get("session", "")
                label = element.value("label") or element.attributes.get("label", "")
                yield Stream(identifier, session.strip(), _clean(label), element.value("mode"))

    def _stream_links(self, members: list[Element]) -> Iterator[StreamLink]:
        for element in _named(members, "participantstreamassoc"):
            participant = _reference(element, "participant")
            if participant:
                yield _link(participant, element)

    def _inline_links(self, members: list[Element]) -> Iterator[StreamLink]:
        """Earlier drafts put send and recv under the participant itself."""
        for element in _named(members, "participant"):
            if any(child.name in {"send", "recv"} for child in element.children):
                yield _link(_own_identifier(element, "participant"), element)

    def _session_links(self, members: list[Element]) -> Iterator[SessionLink]:
        for element in _named(members, "participantsessionassoc"):
            participant, session = _reference(element, "participant"), _reference(element, "session")
            if participant:
                yield SessionLink(participant, session, element.first("disassociate-time") is not None)

    def _identifier(self, element: Element, kind: str) -> str:
        """The identifier of an element, empty where the element is not to be used (RFC 7865 6.10)."""
        identifier = _own_identifier(element, kind)
        if not identifier:
            self._warnings.append(f"a {kind} has no identifier")
        elif self._ids.setdefault(identifier, kind) != kind:
            self._warnings.append(f"one identifier names a {self._ids[identifier]} and a {kind}")
            return ""
        return identifier


def _named(members: Iterable[Element], name: str) -> Iterator[Element]:
    return (child for child in members if child.name == name and is_own(child))


def is_own(element: Element) -> bool:
    """Whether an element is of the standard, of one of its drafts, or of no namespace at all."""
    return element.namespace == "" or element.namespace.startswith(OWN_NAMESPACES[1:])


def _own_identifier(element: Element, kind: str) -> str:
    attributes = element.attributes
    return _clean(attributes.get(f"{kind}_id") or attributes.get("id") or element.value("id"))


def _reference(element: Element, kind: str) -> str:
    attributes = element.attributes
    return _clean(attributes.get(f"{kind}_id") or attributes.get(kind, ""))


def _link(participant: str, element: Element) -> StreamLink:
    return StreamLink(
        participant,
        sends=tuple(_stream_reference(child) for child in element.all("send") if _stream_reference(child)),
        receives=tuple(_stream_reference(child) for child in element.all("recv") if _stream_reference(child)),
        ended=element.first("disassociate-time") is not None,
    )


def _stream_reference(element: Element) -> str:
    return _text(element) or element.value("id")


def _extensions(element: Element, standard: set[str]) -> tuple[tuple[str, str], ...]:
    return _facts(child for child in element.children if child.name not in standard or not is_own(child))


def _facts(elements: Iterable[Element]) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for element in elements:
        for each in _leaves(element):
            if len(found) < MOST_EXTENSIONS and _text(each):
                found.append((each.name, _text(each)))
    return tuple(found)


def _leaves(element: Element) -> Iterator[Element]:
    if not element.children:
        yield element
    for child in element.children:
        yield from _leaves(child)


def _text(element: Element) -> str:
    return _clean(element.text)


def _clean(text: str) -> str:
    return " ".join(text.split())[:LONGEST_TEXT]
