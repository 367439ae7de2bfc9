"""What the metadata of one dialog add up to (RFC 7866 section 9): complete documents and partial ones.

1. A complete document is the whole truth at its moment; what it no longer names has ended, and stays
   known as having been there.
2. A partial one changes what it names. Before any complete one it shows that something was missed: it is
   kept, the metadata count as incomplete, and a snapshot is wanted.
3. One identifier on two different elements spoils the later element only; a snapshot is wanted.
4. A reference is looked up among everything that the same client has said, in whichever dialog.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from muniment.capture.calls.sip.metadata import (
    Document,
    Group,
    Participant,
    Session,
    SessionLink,
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
    memberships: dict[str, set[str]] = field(default_factory=dict)
    """The sessions in which participants were said to be (participantsessionassoc)."""
    sure: bool = False
    """Whether the latest document said who is there: it was complete, or spoke of memberships."""
    spoken: set[str] = field(default_factory=set)
    """Participants who have ever sent."""
    facts: dict[str, str] = field(default_factory=dict)
    complete: bool = False
    """Whether a complete document has come, and nothing since shows that something was missed."""
    wants_snapshot: bool = False
    warnings: dict[str, None] = field(default_factory=dict)

    def apply(self, document: Document) -> None:
        """Take a document in. `wants_snapshot` afterwards says whether to ask for the whole."""
        for warning in document.warnings:
            self._missed(warning)
        self.sure = document.complete or bool(document.session_links)
        if document.complete:
            self.present.clear()
            self.links.clear()
            self.memberships.clear()
            self.complete = not document.warnings
            self.wants_snapshot = bool(document.warnings)
        elif not self.complete:
            self._missed("a partial document came before a complete one")
        for element in _elements(document):
            self._define(element)
        for link in document.stream_links:
            self._link(link)
        for session_link in document.session_links:
            self._member(session_link)
        self._stopped(document.sessions)
        self.spoken.update(each.participant for each in self.links.values() if each.sends)
        self.facts.update(document.facts)

    def lost(self) -> None:
        """A document could not be read: what it changed is not known."""
        self._missed("a document could not be read")

    def forget_past(self) -> None:
        """Keep what is there now alone: in a dialog that stands for days one call follows another."""
        self.elements = {name: each for name, each in self.elements.items() if name in self.present}
        self.links = {name: each for name, each in self.links.items() if name in self.present}
        self.memberships = {name: each for name, each in self.memberships.items() if name in self.present}
        self.spoken = {each.participant for each in self.links.values() if each.sends}
        self.facts.clear()
        if self.complete:
            self.warnings.clear()

    def all(self, kind: type[Kinds]) -> list[Kinds]:
        """Everything of a kind that was ever named here, in the order of its first naming."""
        return [element for element in self.elements.values() if isinstance(element, kind)]

    def sender_of(self, stream: str) -> str:
        """The participant that sends a stream; empty where none or several do (RFC 7865 section 6.8)."""
        senders = [link.participant for link in self.links.values() if stream in link.sends]
        return senders[0] if len(senders) == 1 else ""

    @property
    def sharing(self) -> set[str]:
        """Participants who send a stream that others send too."""
        senders = Counter(stream for link in self.links.values() for stream in set(link.sends))
        return {
            name for name, link in self.links.items() if any(senders[stream] > 1 for stream in link.sends)
        }

    @property
    def sessions(self) -> list[Session]:
        """The communication sessions that go on, in the order of their first naming."""
        return [
            each
            for each in self.elements.values()
            if isinstance(each, Session) and each.id in self.present and not each.stopped
        ]

    @property
    def gatherings(self) -> dict[str, list[Participant]]:
        """Who is in which session that goes on; under "" where none was named."""
        found: dict[str, list[Participant]] = {each.id: [] for each in self.sessions}
        only = {next(iter(found), "")} if len(found) <= 1 and not self.memberships else set[str]()
        for each in self.elements.values():
            if isinstance(each, Participant) and each.id in self.present:
                for session in self._sessions_of(each.id) or only:
                    if session in found or not found:
                        found.setdefault(session, []).append(each)
        return found

    @property
    def there(self) -> set[str]:
        """The participants of all sessions that go on."""
        return {each.id for people in self.gatherings.values() for each in people}

    @property
    def silenced(self) -> set[str]:
        """Participants who are there and sent, and send no more: on hold (RFC 7865 section 6.8.1)."""
        quiet = {each.participant for each in self.links.values() if not each.sends}
        return quiet & self.spoken & self.there

    def held_by(self, document: Document) -> frozenset[str]:
        """Labels of streams that a document says are on hold: nobody sends them any more, or all turn elsewhere.

        Where a message says this, its inactive streams are a hold of the call and no pause of the recording.
        """
        after = {} if document.complete else dict(self.links)
        for link in document.stream_links:
            if link.ended:
                after.pop(link.participant, None)
            else:
                after[link.participant] = link
        sent = {stream for link in after.values() for stream in link.sends}
        held = {stream for link in self.links.values() for stream in link.sends} - sent
        known = {each.id for each in self.all(Session)}
        if any(each.id not in known and not each.stopped for each in document.sessions):
            held |= {
                each.id for each in self.all(Stream) if isinstance(each, Stream) and each.session in known
            }
        streams = [*self.all(Stream), *document.streams]
        return frozenset(each.label for each in streams if isinstance(each, Stream) and each.id in held)

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

    def _member(self, link: SessionLink) -> None:
        if not link.ended:
            self._known(link.participant, Participant)
            if len(self.memberships) < MOST_ELEMENTS:
                self.memberships.setdefault(link.participant, set()).add(link.session)
            return
        left = self.memberships.get(link.participant, set())
        left.discard(link.session)
        if not left:
            self._gone(link.participant)

    def _stopped(self, sessions: Iterable[Session]) -> None:
        """Who was only in sessions that are over is in the call no longer."""
        over = {each.id for each in sessions if each.stopped}
        for participant in self.present & self.links.keys() | self.memberships.keys() if over else ():
            where = self._sessions_of(participant)
            if where and where <= over:
                self._gone(participant)
            elif participant in self.memberships:
                self.memberships[participant] -= over

    def _gone(self, participant: str) -> None:
        self.present.discard(participant)
        self.links.pop(participant, None)
        self.memberships.pop(participant, None)

    def _sessions_of(self, participant: str) -> set[str]:
        """Where somebody was said to be, else where the streams belong that they send and hear."""
        if stated := self.memberships.get(participant):
            return stated
        link = self.links.get(participant)
        named = (*link.sends, *link.receives) if link else ()
        streams = (self.elements.get(each) for each in named)
        return {each.session for each in streams if isinstance(each, Stream) and each.session}

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
