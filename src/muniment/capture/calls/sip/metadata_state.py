"""What the metadata of one dialog add up to (RFC 7866 section 9): complete documents and partial ones.

1. A complete document is the whole truth at its moment; what it no longer names has ended, and stays
   known as having been there.
2. A partial one changes what it names. Before any complete one it shows that something was missed: it is
   kept, the metadata count as incomplete, and a snapshot is wanted.
3. One identifier on two different elements spoils the later element only; a snapshot is wanted.
4. A reference is looked up among everything that the same client has said, in whichever dialog.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from muniment.capture.calls.sip.metadata import (
    Document,
    Group,
    Participant,
    Session,
    Stream,
    StreamLink,
)

type Kinds = Group | Participant | Session | Stream
type Lookup = Callable[[str], Kinds | None]

MOST_ELEMENTS = 2_000  # per dialog; a client that sends more is not describing a call


@dataclass
class MetadataState:
    """The state of one dialog. `elsewhere` finds what the same client defined in another dialog."""

    elsewhere: Lookup = lambda _: None
    elements: dict[str, Kinds] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)
    """Participants and streams that are in the call now."""
    links: dict[str, StreamLink] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    complete: bool = False
    """Whether a complete document has come, and nothing since shows that something was missed."""
    wants_snapshot: bool = False
    warnings: dict[str, None] = field(default_factory=dict)

    def apply(self, document: Document) -> None:
        """Take a document in. `wants_snapshot` afterwards says whether to ask for the whole."""
        for warning in document.warnings:
            self._missed(warning)
        if document.complete:
            self.present.clear()
            self.links.clear()
            self.complete = not document.warnings
            self.wants_snapshot = bool(document.warnings)
        elif not self.complete:
            self._missed("a partial document came before a complete one")
        for element in _elements(document):
            self._define(element)
        for link in document.stream_links:
            self._link(link)
        for session_link in document.session_links:
            if session_link.ended:
                self.present.discard(session_link.participant)
                self.links.pop(session_link.participant, None)
            else:
                self._known(session_link.participant, Participant)
        self.facts.update(document.facts)

    def lost(self) -> None:
        """A document could not be read: what it changed is not known."""
        self._missed("a document could not be read")

    def all(self, kind: type[Kinds]) -> list[Kinds]:
        """Everything of a kind that was ever named here, in the order of its first naming."""
        return [element for element in self.elements.values() if isinstance(element, kind)]

    def sender_of(self, stream: str) -> str:
        """The participant that sends a stream; empty where none or several do (RFC 7865 section 6.8)."""
        senders = [link.participant for link in self.links.values() if stream in link.sends]
        return senders[0] if len(senders) == 1 else ""

    def shares(self, participant: str) -> bool:
        """Whether a participant sends a stream that others send too."""
        own = self.links.get(participant)
        others = [link for link in self.links.values() if link.participant != participant]
        return own is not None and any(set(own.sends) & set(link.sends) for link in others)

    def stream_by_label(self, label: str) -> str:
        """The stream with a label, empty where none or several have it."""
        found = [
            each.id for each in self.elements.values() if isinstance(each, Stream) and each.label == label
        ]
        present = [each for each in found if each in self.present]
        candidates = present or found
        return candidates[0] if len(candidates) == 1 else ""

    def _define(self, element: Kinds) -> None:
        known = self.elements.get(element.id) or self.elsewhere(element.id)
        if known is not None and type(known) is not type(element):
            self._missed("one identifier names two different things")
        elif len(self.elements) < MOST_ELEMENTS:
            own = self.elements.get(element.id)
            self.elements[element.id] = _merged(own, element) if own else element
            self.present.add(element.id)

    def _link(self, link: StreamLink) -> None:
        self._known(link.participant, Participant)
        for stream in (*link.sends, *link.receives):
            self._known(stream, Stream)
        if link.ended:
            self.links.pop(link.participant, None)
        elif len(self.links) < MOST_ELEMENTS:
            self.links[link.participant] = link

    def _known(self, identifier: str, kind: type[Kinds]) -> None:
        if isinstance(self.elements.get(identifier), kind):
            self.present.add(identifier)
            return
        found = self.elsewhere(identifier)
        if isinstance(found, kind):
            if len(self.elements) < MOST_ELEMENTS:
                self.elements[identifier] = found
                self.present.add(identifier)
        elif identifier:
            self.warnings["a reference leads to nothing"] = None

    def _missed(self, warning: str) -> None:
        self.warnings[warning] = None
        self.complete = False
        self.wants_snapshot = True


def _elements(document: Document) -> Iterable[Kinds]:
    return (*document.groups, *document.sessions, *document.participants, *document.streams)


def _merged(known: Kinds, later: Kinds) -> Kinds:
    """The later word counts where it says anything."""
    if isinstance(known, Participant) and isinstance(later, Participant):
        return Participant(
            later.id,
            later.address or known.address,
            later.name or known.name,
            _facts(known.facts, later.facts),
        )
    if isinstance(known, Stream) and isinstance(later, Stream):
        return Stream(
            later.id, later.session or known.session, later.label or known.label, later.mode or known.mode
        )
    if isinstance(known, Session) and isinstance(later, Session):
        return Session(
            later.id,
            tuple(dict.fromkeys((*known.sip_ids, *later.sip_ids))),
            later.group or known.group,
            tuple(dict.fromkeys((*known.reasons, *later.reasons))),
            known.stopped or later.stopped,
            _facts(known.facts, later.facts),
        )
    if isinstance(known, Group) and isinstance(later, Group):
        return Group(later.id, _facts(known.facts, later.facts))
    return later


def _facts(
    known: tuple[tuple[str, str], ...], later: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    return tuple({**dict(known), **dict(later)}.items())
