"""What is known of one call besides its sound: who, when, which way, what was lost, masked and announced.

Times are milliseconds since 1970 (UTC) unless a field says otherwise; 0 stands for "not known".
"""

import math
from collections.abc import Iterable
from typing import Literal

import msgspec

from muniment.core.errors import WrongUseError

type Direction = Literal["inbound", "outbound", "internal", "unknown"]
type PartyRole = Literal["caller", "called", "agent", "transferred", "conference", "consulted"]
type NoticeState = Literal["played", "not-required", "not-feasible", "unknown", "declined"]

_ENCODER = msgspec.json.Encoder(order="sorted")


class CallParty(msgspec.Struct, frozen=True):
    """Somebody in a call.

    `dialled` is the number as it was dialled, `address` the sip: or tel: address as given, `e164` the
    number in the form +441632960000 where it has one; `stream` is the number of the stream that carries
    what this party said, where that is known.
    """

    role: PartyRole
    dialled: str = ""
    address: str = ""
    e164: str = ""
    name: str = ""
    extension: str = ""
    stream: int | None = None


class CallStream(msgspec.Struct, frozen=True):
    """One stream of a call: what arrived of it, and how well.

    `label` is the stream's name in signalling, `party` an index into the call's parties, `jitter_ms` the
    largest interarrival jitter (RFC 3550 section 6.4.1), `mos` an estimate from 1 to 4.5 (ITU-T G.107; 0
    where there is none), `silence_ms` what was filled in for lost packets.
    """

    number: int
    label: str
    party: int | None
    codecs: tuple[str, ...]
    packets: int
    lost: int
    duplicates: int
    reordered: int
    jitter_ms: float
    mos: float
    silence_ms: int


class MaskedSpan(msgspec.Struct, frozen=True):
    """A stretch of which nothing was kept; `stream` None is the whole call, `by` who asked for it."""

    start: int
    end: int
    stream: int | None
    why: str
    by: str = ""


class NoticeEvidence(msgspec.Struct, frozen=True):
    """Whether the recording notice was given, and how that is known.

    `announcement`, `version` and `language` name the announcement, `score` how well the sound matches it
    (0 to 1), `at` when it began; `reason` says why it was not required or not feasible.
    """

    state: NoticeState
    announcement: str = ""
    version: int = 0
    language: str = ""
    score: float = 0.0
    at: int = 0
    reason: str = ""


class RuleMatched(msgspec.Struct, frozen=True):
    """The recording rule that a call fits (REQ 024): its name, its category, what it decides, and why."""

    name: str
    category: str
    decision: str
    reason: str = ""


class StaffEvidence(msgspec.Struct, frozen=True):
    """How staff in the call knew of it (REQ 023): the line's setting, the manners, and tones that were heard.

    `tones` counts the beginnings of the configured tone that the sound holds; −1 where none was looked for.
    """

    line: str
    manners: tuple[str, ...]
    tone_hertz: int = 0
    tone_every: int = 0
    tones: int = -1


class CallFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One call.

    `id` is our random name of it, `global_id` the name that every recording of the same call shares,
    `answered` 0 where nobody answered; `legs` are the dialogs or channels it was made of, `holds` pairs of
    beginning and end; `dtmf` says only that keys were pressed, never which; `evidence` are the fields of
    the switch's own account of the call; `defects` say in plain words what is missing; `parts` are the
    names (`id`) of other recordings of the same call; `region` the country by which numbers without one are
    read, GB where empty; `rule` and `staff` stand only where the settings say something of such calls;
    `test`: nobody spoke, the recorder was tried out.
    """

    id: str
    global_id: str = ""
    direction: Direction
    started: int
    answered: int = 0
    ended: int
    queue: str = ""
    parties: tuple[CallParty, ...] = ()
    streams: tuple[CallStream, ...] = ()
    legs: tuple[str, ...] = ()
    holds: tuple[tuple[int, int], ...] = ()
    dtmf: bool = False
    masks: tuple[MaskedSpan, ...] = ()
    notice: NoticeEvidence = NoticeEvidence("unknown")
    evidence: dict[str, str] = {}
    defects: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    region: str = ""
    rule: RuleMatched | msgspec.UnsetType = msgspec.UNSET
    staff: StaffEvidence | msgspec.UnsetType = msgspec.UNSET
    test: bool = False


def encode(facts: CallFacts) -> bytes:
    """One text for one value: JSON with sorted names, like `core.canonical` but with fractions.

    WrongUseError for a figure that is not a number: JSON has no word for it.
    """
    if not all(map(math.isfinite, _fractions(facts))):
        raise WrongUseError("A call's figures (jitter, MOS, score) are finite numbers.")
    return _ENCODER.encode(facts)


def decode(text: bytes) -> CallFacts:
    """The inverse of `encode`; WrongUseError where it is not one."""
    try:
        return msgspec.json.decode(text, type=CallFacts)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise WrongUseError("These bytes are not the facts of a call.") from error


def _fractions(facts: CallFacts) -> Iterable[float]:
    yield facts.notice.score
    for stream in facts.streams:
        yield stream.jitter_ms
        yield stream.mos
