"""Calls that a switch says there were, against recordings: which was recorded, in part, or not, and why.

1. Accounts that share a name are of one call, and count as one expected call.
2. A recording that bears a name of the call is of that call. Of several the longest counts, the others are
   its further parts.
3. What is left goes by who and when: at least one number in common, and beginnings no further apart than the
   window; the most numbers first, then the nearest beginning.
4. Nobody is matched twice: a recording belongs to at most one expected call.
5. A call without a recording gets the best reason that is known, and "unknown" where none is.

Nothing here reads a clock, a file or a table.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from muniment.core.call_outline import Outline
from muniment.core.phone_numbers import address
from muniment.core.rule_settings import RecordingRule, rule_of

type Outcome = Literal["recorded", "partly", "not-recorded", "not-expected"]
type Reason = Literal[
    "by-rule",
    "declined",
    "not-answered",
    "source-down",
    "not-configured",
    "unknown",
    "shorter",
    "packets-lost",
    "masked",
]

MASKED = "masked"
"""The one reason of a recording in part that nobody needs to look into: it was asked for."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One account of a call. Times in ms since 1970, 0 for unknown; `place` is where it stands (record, row)."""

    place: str
    names: frozenset[str] = frozenset()
    """What the switch calls it, its parts and its recording: whatever all its accounts or a recording may bear."""
    started: int = 0
    answered: int = 0
    ended: int = 0
    addresses: frozenset[str] = frozenset()
    was_answered: bool = True
    disposition: str = ""
    call: str = ""
    """The switch's own name of it: how a gap is named."""
    line: str = ""
    """Our extension or queue: where a gap is."""
    lines: frozenset[str] = frozenset()
    """Extensions, numbers and queues by which a rule may say that this call is not to be recorded."""
    queue: str = ""
    direction: str = "unknown"
    source: str = ""

    @property
    def talk_ms(self) -> int:
        """From answer to end."""
        return max(self.ended - self.answered, 0) if self.answered else 0


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recording. `length_ms` is of its sound; `packets` counts those that came, `lost` those that did not."""

    record: str
    names: frozenset[str] = frozenset()
    started: int = 0
    ended: int = 0
    length_ms: int = 0
    addresses: frozenset[str] = frozenset()
    packets: int = 0
    lost: int = 0
    masked_ms: int = 0
    parts: tuple[str, ...] = ()
    """Other recordings of the same call, where it has several."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts as the same call, and what as a gap."""

    window_ms: int = 120_000
    shorter_ms: int = 5_000
    """By how much a recording may be shorter than the talk without being called a part."""
    lost_share: float = 0.01
    """Of the packets of a recording."""
    not_configured: Mapping[str, str] = field(default_factory=dict)
    """Lines that are not recorded, and the coded reason."""
    organisation: str = ""
    recording: tuple[RecordingRule, ...] = ()
    """Recording rules, as they are set now."""

    def leaves_out(self, call: Expected) -> str:
        """The name of the recording rule that leaves a call out; empty where none does."""
        known = Outline(self.organisation, call.source, call.queue, call.direction, _numbers(call))
        found = rule_of(self.recording, known)
        return found.name if found is not None and found.decision == "leave-out" else ""


@dataclass(frozen=True, slots=True)
class Known:
    """What else is known of the time: when sources were down, and when somebody declined to be recorded."""

    down: tuple[tuple[int, int], ...] = ()
    declined: tuple[int, ...] = ()
    ruled: tuple[tuple[int, str], ...] = ()
    """When a recording rule left a call out, and which: what the ledger says."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one expected call; `missing_ms` is what the recording lacks of the talk."""

    call: Expected
    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    record: str = ""
    further: tuple[str, ...] = ()
    missing_ms: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Matching:
    """Every expected call once, and the recordings that no account explains."""

    verdicts: tuple[Verdict, ...]
    unexplained: tuple[str, ...]


def match(
    expected: Iterable[Expected],
    recorded: Iterable[Recorded],
    rules: Rules | None = None,
    known: Known | None = None,
) -> Matching:
    """Put both sides together. The order in which either comes changes nothing."""
    rules, known = rules or Rules(), known or Known()
    calls = united(expected)
    recordings = sorted(whole(recorded), key=lambda one: (one.started, one.record))
    by_name, further = _by_name(calls, recordings)
    taken = {*by_name.values(), *(one for some in further.values() for one in some)}
    free = [one for one in recordings if one.record not in taken]
    left = [one for one in calls if one.place not in by_name]
    pairs = {**by_name, **_by_time(left, free, rules)}
    found = {one.record: one for one in recordings}
    declined = sorted(known.declined)
    verdicts = [
        _verdict(
            call, found.get(pairs.get(call.place, "")), further.get(call.place, ()), rules, known, declined
        )
        for call in calls
    ]
    explained = taken | set(pairs.values())
    return Matching(tuple(verdicts), tuple(one.record for one in recordings if one.record not in explained))


def whole(recorded: Iterable[Recorded]) -> list[Recorded]:
    """Recordings of one call as one: two recorders, or a call that was known as one only later."""
    by_record = {one.record: one for one in recorded}
    named_by: dict[str, list[str]] = {}
    for one in by_record.values():
        for part in one.parts:
            named_by.setdefault(part, []).append(one.record)
    left, found = dict.fromkeys(by_record), []
    while left:
        some, waiting = dict[str, None](), [next(iter(left))]
        while waiting:
            record = waiting.pop()
            if record in left:
                del left[record]
                some[record] = None
                waiting += [each for each in by_record[record].parts if each in by_record]
                waiting += named_by.get(record, [])
        together = [by_record[each] for each in some]
        found.append(_whole(together) if len(together) > 1 else together[0])
    return found


def _whole(some: Sequence[Recorded]) -> Recorded:
    first, *others = sorted(some, key=lambda one: (one.started, one.record))
    ended = max(one.ended for one in some)
    span = ended - first.started if ended and first.started else 0
    return replace(
        first,
        names=frozenset[str]().union(*(one.names for one in some)),
        ended=ended,
        length_ms=max(*(one.length_ms for one in some), min(sum(one.length_ms for one in some), span)),
        addresses=frozenset[str]().union(*(one.addresses for one in some)),
        packets=sum(one.packets for one in some),
        lost=sum(one.lost for one in some),
        masked_ms=max(one.masked_ms for one in some),
        parts=tuple(one.record for one in others),
    )


def united(expected: Iterable[Expected]) -> list[Expected]:
    """One expected call for all accounts that share a name, in the order of their beginnings."""
    accounts = sorted(expected, key=lambda each: (each.started, each.place))
    above = list(range(len(accounts)))

    def root(place: int) -> int:
        while above[place] != place:
            above[place] = above[above[place]]
            place = above[place]
        return place

    bearer: dict[str, int] = {}
    for place, one in enumerate(accounts):
        for name in one.names:
            above[root(place)] = root(bearer.setdefault(name, place))
    groups: dict[int, list[Expected]] = {}
    for place, one in enumerate(accounts):
        groups.setdefault(root(place), []).append(one)
    return sorted((_united(some) for some in groups.values()), key=lambda each: (each.started, each.place))


def _united(accounts: Sequence[Expected]) -> Expected:
    first = accounts[0]
    answered = [one.answered for one in accounts if one.answered and one.was_answered]
    return Expected(
        place=first.place,
        names=frozenset().union(*(one.names for one in accounts)),
        started=min((one.started for one in accounts if one.started), default=0),
        answered=min(answered, default=0),
        ended=max(one.ended for one in accounts),
        addresses=frozenset().union(*(one.addresses for one in accounts)),
        was_answered=any(one.was_answered for one in accounts),
        disposition=next((one.disposition for one in accounts if one.was_answered), first.disposition),
        call=next((one.call for one in accounts if one.call), ""),
        line=next((one.line for one in accounts if one.line), ""),
        lines=frozenset().union(*(one.lines for one in accounts)),
        queue=next((one.queue for one in accounts if one.queue), ""),
        direction=next((one.direction for one in accounts if one.direction != "unknown"), "unknown"),
        source=first.source,
    )


def _by_name(
    calls: Sequence[Expected], recordings: Sequence[Recorded]
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """By expected call: its recording, and the further recordings that bear its name."""
    owner: dict[str, str] = {}
    for call in calls:
        for name in call.names:
            owner.setdefault(name, call.place)
    bearing: dict[str, list[Recorded]] = {}
    for one in recordings:
        owners = sorted({owner[name] for name in one.names if name in owner})
        if owners:
            bearing.setdefault(owners[0], []).append(one)
    best, further = {}, {}
    for place, some in bearing.items():
        longest = max(some, key=lambda one: (one.length_ms, -one.started, one.record))
        best[place] = longest.record
        further[place] = tuple(one.record for one in some if one is not longest)
    return best, further


def _by_time(calls: Sequence[Expected], recordings: Sequence[Recorded], rules: Rules) -> dict[str, str]:
    """By who and when. Each pair is looked at once; the best pairs are taken first."""
    pairs = []
    starts = [one.started for one in recordings]
    for call in calls:
        if not call.started or not call.addresses:
            continue
        begins = (call.started, call.answered or call.started)
        first = bisect_left(starts, min(begins) - rules.window_ms)
        for one in recordings[first : bisect_right(starts, max(begins) + rules.window_ms)]:
            apart = min(abs(one.started - each) for each in begins)
            shared = len(call.addresses & one.addresses)
            if shared and apart <= rules.window_ms:
                pairs.append((-shared, apart, call.started, call.place, one.record))
    found: dict[str, str] = {}
    taken: set[str] = set()
    for *_, place, record in sorted(pairs):
        if place not in found and record not in taken:
            found[place] = record
            taken.add(record)
    return found


def _verdict(
    call: Expected,
    recording: Recorded | None,
    further: tuple[str, ...],
    rules: Rules,
    known: Known,
    declined: list[int],
) -> Verdict:
    if recording is None:
        return _absent(call, rules, known, declined)
    reasons: list[Reason] = []
    missing = max(call.talk_ms - recording.length_ms, 0)
    if missing > rules.shorter_ms:
        reasons.append("shorter")
    if recording.lost > rules.lost_share * (recording.packets + recording.lost):
        reasons.append("packets-lost")
    if recording.masked_ms:
        reasons.append("masked")
    outcome: Outcome = "partly" if reasons else "recorded"
    others = tuple(dict.fromkeys((*recording.parts, *further)))
    return Verdict(call, outcome, tuple(reasons), recording.record, others, missing)


def _absent(call: Expected, rules: Rules, known: Known, declined: list[int]) -> Verdict:
    """Why there is no recording; the first reason that is known counts."""
    if not call.was_answered:
        return Verdict(call, "not-expected", ("not-answered",), note=call.disposition)
    ruled = sorted(set(rules.not_configured) & call.lines)
    if ruled:
        return Verdict(call, "not-expected", ("not-configured",), note=rules.not_configured[ruled[0]])
    end = (call.ended or call.answered or call.started) + 2_000  # the ledger counts in seconds
    rule = rules.leaves_out(call) or next(
        (name for at, name in known.ruled if call.started - 1_000 <= at <= end), ""
    )
    if rule:
        return Verdict(call, "not-expected", ("by-rule",), note=rule)
    said = next((at for at in declined if call.started - 1_000 <= at <= end), None)
    if said is not None:
        declined.remove(said)  # one word of the ledger explains one call
        return Verdict(call, "not-expected", ("declined",))
    if any(begin <= (call.answered or call.started) < over for begin, over in known.down):
        return Verdict(call, "not-recorded", ("source-down",), missing_ms=call.talk_ms)
    return Verdict(call, "not-recorded", ("unknown",), missing_ms=call.talk_ms)


def _numbers(call: Expected) -> frozenset[str]:
    own = (address(one) for one in call.lines)
    return call.addresses | frozenset(own)
