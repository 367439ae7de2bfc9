"""What is known of a call when it is over, from everything that was said about it: its `CallFacts`.

Roles are taken from what says them (a vendor's `callingParty`, From and To of the call, near and far end);
where nothing does, the first participant counts as the caller, and a defect says that this is assumed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import msgspec

from muniment.capture.calls.attendance import Attendance, Gathering, Happening, Manner
from muniment.capture.calls.dialects import PLACEHOLDER, near_and_far
from muniment.capture.calls.leg import Leg
from muniment.capture.calls.numbers import e164_of, extension_of, user_of, way_of
from muniment.capture.calls.sip.address import parse_name_address, parse_parameters, parse_uri
from muniment.capture.calls.sip.lists import split_list
from muniment.capture.calls.sip.metadata import Group, Participant, Session
from muniment.core.call_facts import (
    CallFacts,
    CallParty,
    CallStream,
    MaskedSpan,
    NoticeEvidence,
    PartyRole,
    RuleMatched,
    StaffEvidence,
)
from muniment.core.call_outline import Outline, numbers_of
from muniment.core.call_settings import CallSource

ASSUMED_ROLES = "who called whom is assumed from the order in which the client named them"
FEWEST_FOR_CONFERENCE = 3
ROLES: dict[Manner, PartyRole] = {
    "conference": "conference",
    "consultation": "consulted",
    "pick-up": "transferred",
    "transfer": "transferred",
}
"""What those are in the call's account who came later, by how they came."""


@dataclass(frozen=True)
class Named:
    """A party as a leg names it, before roles are known."""

    address: str
    name: str = ""
    calling: bool | None = None
    streams: tuple[int, ...] = ()
    key: str = ""
    shares: bool = False
    """Whether others speak in the same stream: a conference. Who has a stream alone came by transfer."""


@dataclass
class Account:
    """What is noted while a call goes on. Times are milliseconds since 1970."""

    call: str
    source: CallSource
    started: int
    joins: dict[str, None] = field(default_factory=dict)
    """Names that other recordings of this call share."""
    groups: dict[str, None] = field(default_factory=dict)
    """What its client calls the group of its communication sessions (RFC 7865 section 6.2)."""
    attendance: Attendance = field(default_factory=Attendance)
    defects: dict[str, None] = field(default_factory=dict)
    dialogs: dict[str, None] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    holds: list[tuple[int, int]] = field(default_factory=list)
    masks: list[MaskedSpan] = field(default_factory=list)
    parts: dict[str, None] = field(default_factory=dict)
    parties: dict[str, Named] = field(default_factory=dict)
    streams: dict[int, CallStream] = field(default_factory=dict)
    queue: str = ""
    dtmf: bool = False
    notice: NoticeEvidence = field(default_factory=lambda: NoticeEvidence("unknown"))
    rule: RuleMatched | msgspec.UnsetType = msgspec.UNSET
    staff: StaffEvidence | msgspec.UnsetType = msgspec.UNSET
    test: bool = False
    _gatherings: dict[str, tuple[Gathering, ...]] = field(default_factory=dict)
    _held_since: int = 0
    _masked_since: dict[int | None, tuple[int, str, str]] = field(default_factory=dict)

    def hold(self, at: int, *, on: bool) -> bool:
        """Note that nothing is sent any more, or again; whether that is news."""
        if on == bool(self._held_since):
            return False
        if on:
            self._held_since = at
        else:
            self.holds.append((self._held_since, at))
            self._held_since = 0
        return True

    def mask(self, at: int, stream: int | None, why: str, by: str, *, on: bool) -> None:
        """Note that silence begins or ends."""
        if on:
            self._masked_since.setdefault(stream, (at, why, by))
        elif stream in self._masked_since:
            since, reason, whom = self._masked_since.pop(stream)
            self.masks.append(MaskedSpan(since, at, stream, reason, whom))

    @property
    def silent(self) -> bool:
        """Whether nothing of the call is kept now: by whoever asked, or because the client sends no stream of it."""
        masked = self._masked_since.keys()
        return None in masked or (bool(self.streams) and self.streams.keys() <= masked)

    def note(self, leg: Leg) -> list[Happening]:
        """Take in what a leg says now; called whenever it has said something. Who has come and gone by it."""
        for named in _parties(leg):
            known = self.parties.get(named.key)
            self.parties[named.key] = _both(known, named) if known else named
        for stream in leg.taken:
            self.streams[stream.number] = CallStream(
                number=stream.number,
                label=stream.label,
                party=None,
                codecs=stream.codecs,
                packets=0,
                lost=0,
                duplicates=0,
                reordered=0,
                jitter_ms=0.0,
                mos=0.0,
                silence_ms=0,
            )
        if leg.has_metadata and not leg.metadata.complete:
            self.defects.update(
                dict.fromkeys(f"metadata incomplete: {each}" for each in leg.metadata.warnings)
            )
            self.defects["metadata incomplete"] = None
        self._queue(leg)
        self._gatherings[leg.dialog] = tuple(_gathered(leg))
        return self._looked(_sharing(leg))

    def over(self, leg: Leg) -> list[Happening]:
        """A leg has ended, and the call goes on. Who has gone with it."""
        self._gatherings.pop(leg.dialog, None)
        return self._looked()

    def address_of(self, who: str) -> str:
        """The address of a party, as it was last given."""
        return self.parties[who].address if who in self.parties else ""

    def _looked(self, sharing: frozenset[str] = frozenset()) -> list[Happening]:
        said = [each for gathered in self._gatherings.values() for each in gathered]
        return self.attendance.look(said, sharing, held=bool(self._held_since))

    def facts(self, ended: int) -> CallFacts:
        """The finished account; the recorder adds what it counted."""
        if self._held_since:
            self.hold(ended, on=False)
        for stream in list(self._masked_since):
            self.mask(ended, stream, "", "", on=False)
        present = self._present()
        if len(present) > 1 and all(named.calling is None for named in present):
            self.defects[ASSUMED_ROLES] = None
        parties, caller, called = self._cast()
        return CallFacts(
            notice=self.notice,
            test=self.test,
            id=self.call,
            global_id=self.global_id,
            direction=way_of(caller, called, self.source),
            started=self.started,
            answered=self.started if self.streams else 0,
            ended=ended,
            queue=self.queue,
            parties=parties,
            streams=self._owned(),
            legs=tuple(self.dialogs),
            holds=tuple(self.holds),
            dtmf=self.dtmf,
            masks=tuple(self.masks),
            evidence=dict(self.evidence),
            defects=tuple(self.defects),
            parts=tuple(self.parts),
            region=self.source.region,
            rule=self.rule,
            staff=self.staff,
        )

    def so_far(self, now: int) -> CallFacts:
        """What is known by now of a call that goes on; nothing of the account is closed by it."""
        parties, caller, called = self._cast()
        return CallFacts(
            id=self.call,
            direction=way_of(caller, called, self.source),
            started=self.started,
            ended=now,
            queue=self.queue,
            parties=parties,
            streams=self._owned(),
        )

    @property
    def global_id(self) -> str:
        """The name that every recording of this call shares, as far as anything is known to be one."""
        return next(iter((*self.joins, *self.groups)), "")

    @property
    def outline(self) -> Outline:
        """What rules can decide by, as far as it is known now. A party that only stands in counts for nobody."""
        parties, caller, called = self._cast()
        known = [each for each in parties if not PLACEHOLDER.match(each.address)]
        way = way_of(caller, called, self.source)
        return Outline(
            self.source.organisation, self.source.name, self.queue, way, numbers_of(known, self.source.region)
        )

    @property
    def named(self) -> int:
        """How many parties are named; one that only stands in is none."""
        return sum(not PLACEHOLDER.match(named.address) for named in self.parties.values())

    def _cast(self) -> tuple[tuple[CallParty, ...], str, str]:
        """Every party in its role; caller and called as user parts."""
        order = self._order()
        parties = tuple(self._party(named, place) for place, named in enumerate(order))
        users = [user_of(named.address) for named in order]
        return parties, users[0] if users else "", users[1] if len(users) > 1 else ""

    def _order(self) -> list[Named]:
        """Who called, who was called, and whoever came later."""
        ranks = {True: 0, None: 1, False: 2}
        late = self.attendance.late
        return sorted(self._present(), key=lambda named: (named.key in late, ranks[named.calling]))

    def _owned(self) -> tuple[CallStream, ...]:
        """The streams, each with the place of its party; of several who spoke in one, the last."""
        owner = {number: place for place, named in enumerate(self._order()) for number in named.streams}
        return tuple(
            msgspec.structs.replace(stream, party=owner.get(number))
            for number, stream in sorted(self.streams.items())
        )

    def _present(self) -> list[Named]:
        present = [named for named in self.parties.values() if not PLACEHOLDER.match(named.address)]
        return present or list(self.parties.values())

    def _party(self, named: Named, place: int) -> CallParty:
        user = user_of(named.address)
        shared = named.shares and len(self.parties) >= FEWEST_FOR_CONFERENCE
        later = ROLES[self.attendance.came.get(named.key, "conference" if shared else "transfer")]
        return CallParty(
            role="caller" if place == 0 else "called" if place == 1 else later,
            dialled=user,
            address=named.address,
            e164=e164_of(user, self.source),
            name=named.name if self.source.display_names else "",
            extension=extension_of(user, self.source),
            stream=named.streams[0] if named.streams else None,
        )

    def _queue(self, leg: Leg) -> None:
        wanted = leg.source.queue.lower()
        if not wanted or self.queue:
            return
        facts = list(leg.metadata.facts.items())
        for kind in (Group, Session, Participant):
            for element in leg.metadata.all(kind):
                facts += getattr(element, "facts", ())
        found = [value for name, value in facts if name.lower() == wanted]
        self.queue = leg.headers.first(wanted) or (found[0] if found else "")


def _parties(leg: Leg) -> Iterable[Named]:
    if leg.has_metadata and leg.metadata.all(Participant):
        return _of_metadata(leg)
    if side := near_and_far(leg.headers):
        sender, which, other = side
        numbers = tuple(stream.number for stream in leg.taken)
        user = parse_uri(sender.uri).user
        near = _named(
            f"sip:{user}@{parse_uri(sender.uri).host}",
            sender.name,
            streams=numbers if which == "near" else (),
        )
        far = _named(other, "", streams=numbers if which == "far" else ())
        return [near, far] if other else [near]
    if recorded := _of_cisco(leg):
        return recorded
    sender = parse_name_address(leg.headers.first("from"))
    return [_named(sender.uri, sender.name)] if sender.uri else []


def _of_metadata(leg: Leg) -> Iterable[Named]:
    roles, sharing = _roles(leg), leg.metadata.sharing
    sent: dict[str, list[int]] = {}
    for place, stream in enumerate(leg.streams):
        if stream is not None and (sender := leg.metadata.sender_of(leg.named(place))):
            sent.setdefault(sender, []).append(stream.number)
    for participant in leg.metadata.all(Participant):
        if isinstance(participant, Participant):
            calling = dict(participant.facts).get("callingParty", "").strip().lower()
            role = {"true": True, "false": False}.get(calling, roles.get(user_of(participant.address)))
            named = _named(
                participant.address,
                participant.name,
                calling=role,
                streams=tuple(sent.get(participant.id, ())),
                key=participant.id,
            )
            yield replace(named, shares=participant.id in sharing)


def _gathered(leg: Leg) -> Iterable[Gathering]:
    """Who is in which conversation by a leg's word; recordings of the same conversation name it alike."""
    if not leg.has_metadata:
        return
    sessions = [each.id for each in leg.metadata.all(Session)]
    for session, people in leg.metadata.gatherings.items():
        place = sessions.index(session) if session in sessions else 0
        known = frozenset(_key(each) for each in people if not PLACEHOLDER.match(each.address))
        yield Gathering(f"{leg.side or leg.dialog}/{place}", known, leg.metadata.sure)


def _sharing(leg: Leg) -> frozenset[str]:
    sharing = leg.metadata.sharing
    people = (each for each in leg.metadata.all(Participant) if isinstance(each, Participant))
    return frozenset(_key(each) for each in people if each.id in sharing)


def _key(participant: Participant) -> str:
    return user_of(participant.address) or participant.id or participant.address


def _roles(leg: Leg) -> dict[str, bool]:
    """By user part: who called, by From and To of the call itself where a vendor gives them."""
    found: dict[str, bool] = {}
    for kind in (Group, Session):
        for element in leg.metadata.all(kind):
            for name, value in getattr(element, "facts", ()):
                if name in {"fromhdr", "tohdr"}:
                    found.setdefault(user_of(value), name == "fromhdr")
    return found


def _of_cisco(leg: Leg) -> list[Named]:
    """`X-Cisco-Recording-Participant: sip:1000@host;media-index="0"`, one for each side."""
    found = []
    numbers = [stream.number if stream else None for stream in leg.streams]
    for line in leg.headers.lines("x-cisco-recording-participant"):
        for value in split_list(line):
            address, _, tail = value.partition(";")
            index = dict(parse_parameters(tail)).get("media-index", "")
            places = [int(text) for text in index.split() if text.isdecimal() and int(text) < len(numbers)]
            streams = tuple(number for place in places if (number := numbers[place]) is not None)
            found.append(_named(parse_name_address(address).uri, "", streams=streams))
    return found


def _named(
    address: str, name: str, *, calling: bool | None = None, streams: tuple[int, ...] = (), key: str = ""
) -> Named:
    return Named(address, name, calling, streams, user_of(address) or key or address)


def _both(known: Named, later: Named) -> Named:
    return replace(
        known,
        name=later.name or known.name,
        calling=known.calling if later.calling is None else later.calling,
        streams=tuple(dict.fromkeys((*known.streams, *later.streams))),
        shares=known.shares or later.shares,
    )
