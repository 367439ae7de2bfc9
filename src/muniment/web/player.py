"""What the listening page shows around the sound: who is in which channel, and what cannot be heard, and why."""

from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from muniment.core.call_facts import CallFacts, CallParty
from muniment.core.ids import Prefix
from muniment.readers.calls import Call
from muniment.release.sound.messages import Covered

WHY: Final = {
    "api": "a program paused the recording",
    "dtmf": "paused by keys",
    "excised": "taken out later",
    "rule": "paused by rule",
    "sip": "the switch paused the recording",
}
EVERYBODY: Final = -1
WITHHELD: Final = "silent for everybody: two persons decided to take it out"


class Mark(msgspec.Struct, frozen=True):
    """A stretch on the waveform, in ms since the sound began; `channel` 0, 1, or -1 for all."""

    start: int
    end: int
    channel: int
    kind: str
    words: str


class Player(msgspec.Struct, frozen=True):
    """The player of one opening: how long the sound is (ms), the channels' names, the stretches that matter.

    `notes` say what is recorded and cannot be heard on this machine.
    """

    length: int
    channels: tuple[str, ...]
    marks: tuple[Mark, ...]
    notes: tuple[str, ...] = ()


def player(
    call: Call,
    form: str,
    length: int,
    channels: int,
    notes: tuple[str, ...] = (),
    name_of: Callable[[str], str] = str,
    withheld: Iterable[Covered] = (),
) -> Player:
    """The player of a call whose sound is `length` ms long, in one or two channels.

    `name_of` says what a person is called who asked for silence; whatever else did is named as it is. What is
    `withheld` is in the recording still, and silent.
    """
    facts = call.facts
    began = facts.started if form == "siprec" else facts.answered or facts.started
    marks = [
        Mark(
            one.start - began,
            one.end - began,
            _channel(facts, one.stream),
            "mask",
            _why(one.why, name_of(one.by) if one.by.startswith(f"{Prefix.PERSON}_") else one.by),
        )
        for one in facts.masks
    ]
    marks += [
        Mark(one.start, one.end, EVERYBODY if one.channel is None else one.channel, "withheld", WITHHELD)
        for one in withheld
    ]
    marks += [Mark(start - began, end - began, EVERYBODY, "hold", "on hold") for start, end in facts.holds]
    shown = [
        msgspec.structs.replace(one, start=max(one.start, 0), end=min(one.end, length))
        for one in sorted(marks, key=lambda each: each.start)
    ]
    kept = tuple(one for one in shown if one.start < one.end)
    return Player(length, names(facts, form, channels), kept, notes)


def laid_out(captured: dict[str, object]) -> str:
    """The form that says which channel is whose and when the sound began: the native one, where Opus is kept."""
    replaced = captured.get("replaces")
    kept = replaced.get("kept") if isinstance(replaced, dict) else None
    return str((kept if isinstance(kept, dict) else captured).get("form", ""))


def names(facts: CallFacts, form: str, channels: int) -> tuple[str, ...]:
    """Who is heard in each channel: the caller left, everybody else right, where the recorder knows."""
    if channels == 1:
        return ("Everybody, in one channel",)
    if form != "siprec":
        return ("Left channel", "Right channel")
    callers = [_name(one) for one in facts.parties if one.role == "caller"]
    others = [_name(one) for one in facts.parties if one.role != "caller"]
    return (", ".join(callers) or "Caller", ", ".join(others) or "Called")


def clock(ms: int) -> str:
    """A moment of a recording as people write it: 1:05, 1:02:05."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def exact(ms: int) -> str:
    """A moment to the thousandth where it is on no whole second: 1:05, 1:05.5."""
    rest = f"{ms % 1000:03}".rstrip("0")
    return f"{clock(ms)}.{rest}" if rest else clock(ms)


def moment_of(text: str) -> int | None:
    """The moment in ms that somebody wrote as 65, 1:05 or 1:02:05, with tenths if they like; None for else."""
    parts = text.strip().replace(",", ".").split(":")
    whole, last = parts[:-1], parts[-1]
    if len(parts) > 3 or not all(one.isascii() and one.isdigit() and len(one) < 6 for one in whole):  # noqa: PLR2004 - hours, minutes, seconds
        return None
    seconds, _, tenths = last.partition(".")
    written = seconds.isascii() and seconds.isdigit() and len(seconds) < 6  # noqa: PLR2004 - days are enough
    if not written or (tenths and not (tenths.isascii() and tenths.isdigit())):
        return None
    ms = int(seconds) * 1000 + int((tenths + "000")[:3])
    for place, one in enumerate(reversed(whole)):
        ms += int(one) * 60_000 * 60**place
    return ms


def _name(party: CallParty) -> str:
    return party.name or party.e164 or party.dialled or party.extension or party.role.capitalize()


def _channel(facts: CallFacts, stream: int | None) -> int:
    if stream is None or len(facts.streams) == 1:
        return EVERYBODY
    named = {one.stream for one in facts.parties if one.role == "caller" and one.stream is not None}
    callers = named or {0}  # as a listener hears it where nobody knows: the first stream left
    return 0 if stream in callers else 1


def _why(why: str, by: str) -> str:
    said = WHY.get(why, why)
    return f"{said}, by {by}" if by else said
