"""The typed form of a call that every other room works with, beside `readers.mail.Mail`."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from muniment.core.call_facts import CallFacts
from muniment.core.call_outline import addresses_of
from muniment.readers.mail.message import Attachment

type Channel = Literal["announcement", "call", "meeting", "voicemail"]

TEST = "test"
"""How a call is marked in which nobody spoke (see `CallFacts.test`)."""

_KINDS = {"announcement": "Announcement", "call": "Call", "meeting": "Meeting", "voicemail": "Voicemail"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 2**34 * 1000  # ms since 1970: beyond it no calendar goes


class CallAddress(msgspec.Struct, frozen=True):
    """One address on a call and the part it plays there: +44…, sip:…, ext:…; never an empty one."""

    role: str
    address: str
    name: str = ""


class Call(msgspec.Struct, frozen=True):
    """What a recording is of.

    `seconds` is how long its sound is, or the conversation where the sound is not at hand; `sound` says in
    words what the sound is; `text` is what was written in it (vCon); `mails` are mail addresses of parties.
    `unreadable` is empty, or why the sound cannot be heard here.
    """

    facts: CallFacts
    channel: Channel = "call"
    seconds: int = 0
    sound: str = ""
    text: str = ""
    mails: tuple[tuple[str, str], ...] = ()
    defects: tuple[str, ...] = ()
    unreadable: str = ""

    @property
    def subject(self) -> str:
        """A neutral line, nothing of what was said: `Call, 4 min 12 s`."""
        kind = "Test call" if self.facts.test else _KINDS[self.channel]
        return f"{kind}, {length_in_words(self.seconds)}"

    @property
    def date(self) -> datetime | None:
        """When it began; None where nobody knows."""
        started = self.facts.started
        return _EPOCH + timedelta(milliseconds=started) if 0 < started < _LATEST else None

    @property
    def parties(self) -> tuple[CallAddress, ...]:
        """Every address of every party, so that any writing of it finds the call."""
        found = [
            CallAddress(party.role, one, party.name)
            for party in self.facts.parties
            for one in addresses_of(party, self.facts.region)
        ]
        named = {party.name: party.role for party in self.facts.parties if party.name}
        mails = [CallAddress(named.get(name, "called"), one, name) for one, name in self.mails]
        return tuple(dict.fromkeys([*found, *mails]))

    @property
    def message_id(self) -> str:
        """What recordings of one call share, as mails of one conversation do; empty where it stands alone."""
        return f"call:{self.facts.global_id}" if self.facts.global_id else ""

    @property
    def references(self) -> tuple[str, ...]:
        """No other conversation: a call answers none."""
        return ()

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """None: the sound is the record itself."""
        return ()

    @property
    def marking(self) -> tuple[str, ...]:
        """That it is a test; nobody writes "private" on a call."""
        return (TEST,) if self.facts.test else ()

    @property
    def extension(self) -> str:
        """The extension of whoever took or made the call here; empty where there is none."""
        return next((party.extension for party in self.facts.parties if party.extension), "")

    @property
    def talk_seconds(self) -> int:
        """From answer to end; 0 where nobody answered."""
        facts = self.facts
        return max(facts.ended - facts.answered, 0) // 1000 if facts.answered else 0

    @property
    def masked_ms(self) -> int:
        """How long nothing was kept on purpose; spans of several streams at once count once."""
        total, reached = 0, 0
        for start, end in sorted((mask.start, mask.end) for mask in self.facts.masks):
            total += max(end - max(start, reached), 0)
            reached = max(reached, end)
        return total

    @property
    def mos_hundredths(self) -> int:
        """The worst stream's estimate in hundredths (100 to 450); 0 where there is none."""
        return round(min((stream.mos for stream in self.facts.streams if stream.mos > 0), default=0.0) * 100)

    @property
    def lost(self) -> int:
        """Packets that never came, in all streams."""
        return sum(stream.lost for stream in self.facts.streams)


def length_in_words(seconds: int) -> str:
    """A length as people say it: `12 s`, `4 min 12 s`, `1 h 3 min`."""
    minutes, rest = divmod(max(seconds, 0), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
