"""What is known of a recording without opening it: its capture statement. Costs no samples and no decoder."""

from typing import Literal

import msgspec

from muniment.core.call_facts import CallFacts
from muniment.readers.calls.call import Call, Channel

CHANNELS = frozenset({"announcement", "call", "meeting", "voicemail"})
NOBODY_SAID = "nobody said when the call was: its arrival stands for it"


class _Kept(msgspec.Struct, frozen=True):
    form: Literal["audio", "siprec"] = "audio"


class _Replaced(msgspec.Struct, frozen=True):
    kept: _Kept | None = None


class Statement(msgspec.Struct, frozen=True):
    """The parts of a capture statement that matter for a recording."""

    channel: Channel
    form: Literal["audio", "redaction", "siprec", "vcon"]
    received: int = 0
    sha256: str = ""
    origin: str = ""
    source: str = ""
    call: CallFacts | None = None
    region: str = ""
    replaces: _Replaced | None = None

    @property
    def laid_out(self) -> str:
        """The form that says which channel is whose and when the sound began: the native one, where Opus is kept."""
        return self.replaces.kept.form if self.replaces and self.replaces.kept else self.form

    @property
    def facts(self) -> CallFacts:
        """What recorder or switch knew; a call at the time of its arrival where nobody said anything."""
        return self.call or unknown(self.sha256[:32], self.received)

    @property
    def defects(self) -> tuple[str, ...]:
        """What is missing, in words."""
        return self.call.defects if self.call else (NOBODY_SAID,)


class _Channel(msgspec.Struct, frozen=True):
    channel: str = ""


def is_call(statement: bytes) -> bool:
    """Whether a record's capture statement says that it is a call, a voicemail or a meeting."""
    try:
        return msgspec.json.decode(statement, type=_Channel).channel in CHANNELS
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False


def read_statement(statement: bytes) -> Statement | None:
    """The statement of a recording; None where it cannot be read as one."""
    try:
        return msgspec.json.decode(statement, type=Statement)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def known_call(statement: bytes, unreadable: str = "") -> Call:
    """A call as its statement tells it; `unreadable` says why its sound was not looked at."""
    said = read_statement(statement)
    if said is None:
        return Call(unknown("", 0), unreadable=unreadable or "Its capture statement cannot be read.")
    facts = said.facts
    seconds = max(facts.ended - (facts.answered or facts.started), 0) // 1000
    return Call(facts, channel=said.channel, seconds=seconds, defects=said.defects, unreadable=unreadable)


def unknown(name: str, received: int) -> CallFacts:
    """A call of which only its arrival is known, in seconds since 1970."""
    moment = received * 1000
    return CallFacts(id=name, direction="unknown", started=moment, ended=moment)
