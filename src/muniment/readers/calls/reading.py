"""From the bytes of a recording and its capture statement to a `Call`. Never raises.

1. What the recorder or the switch knew stands in the capture statement; a container holds it too.
2. The bytes say how long the sound is, and what it is. What they contradict is a defect.
3. A recording kept in segments is not opened for this: its statement is enough.
"""

from typing import Literal

import msgspec

from muniment.core.call_facts import CallFacts
from muniment.readers.calls import audio, vcon
from muniment.readers.calls.call import Call, Channel
from muniment.readers.calls.container import Container
from muniment.readers.calls.errors import CallUnreadableError
from muniment.readers.calls.source import Held

CHANNELS = frozenset({"call", "meeting", "voicemail"})
LARGEST_DIFFERENCE = 2  # seconds between the length that a switch says and the one that is there


class _Statement(msgspec.Struct, frozen=True):
    """The parts of a capture statement that matter here."""

    channel: Channel
    form: Literal["audio", "siprec", "vcon"]
    received: int = 0
    sha256: str = ""
    origin: str = ""
    call: CallFacts | None = None


class _Channel(msgspec.Struct, frozen=True):
    channel: str = ""


def is_call(statement: bytes) -> bool:
    """Whether a record's capture statement says that it is a call, a voicemail or a meeting."""
    try:
        return msgspec.json.decode(statement, type=_Channel).channel in CHANNELS
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False


def read_call(original: bytes, statement: bytes) -> Call:
    """What a recording is of. `original` may be empty where the record is kept in segments."""
    try:
        said = msgspec.json.decode(statement, type=_Statement)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return Call(_unknown("", 0), unreadable="Its capture statement cannot be read.")
    known = said.call or _unknown(said.sha256[:32], said.received)
    defects = (
        list(known.defects) if said.call else ["nobody said when the call was: its arrival stands for it"]
    )
    try:
        return _by_form(said, known, original, defects)
    except CallUnreadableError as error:
        return _call(said, known, defects, unreadable=str(error))
    except Exception as error:  # noqa: BLE001 whatever a hostile file provokes, it stays a record
        return _call(said, known, defects, unreadable=f"It cannot be read ({type(error).__name__}).")


def _by_form(said: _Statement, known: CallFacts, original: bytes, defects: list[str]) -> Call:
    if not original:
        return _call(said, known, defects)
    match said.form:
        case "siprec":
            return _recorded(said, known, original)
        case "vcon":
            return _exchanged(said, original, defects)
        case _:
            found = audio.describe(original, said.origin)
    whole = _with_length(known, found.seconds)
    if known.answered and abs((known.ended - known.answered) / 1000 - found.seconds) > LARGEST_DIFFERENCE:
        talk = (known.ended - known.answered) / 1000
        defects.append(f"the recording has {found.seconds:.0f} s, the switch says {talk:.0f} s")
    return _call(said, whole, defects, seconds=found.seconds, sound=found.words)


def _recorded(said: _Statement, known: CallFacts, original: bytes) -> Call:
    container = Container(Held(original))
    facts = container.facts() or (known if said.call else _of_head(container, known))
    codecs = dict.fromkeys(codec for stream in facts.streams for codec in stream.codecs)
    sound = f"{len(facts.streams)} streams as sent: {', '.join(codecs)}" if codecs else ""
    return _call(said, facts, [*facts.defects, *container.defects], sound=sound)


def _of_head(container: Container, known: CallFacts) -> CallFacts:
    """A call that was cut off before its recorder could write down what it knew."""
    started = container.head.started
    last = max((int(each.arrival[-1]) for each in container.packets() if len(each.arrival)), default=0)
    return msgspec.structs.replace(
        known, id=container.head.call, started=started, answered=started, ended=started + last
    )


def _exchanged(said: _Statement, original: bytes, defects: list[str]) -> Call:
    found = vcon.read(original)
    facts = said.call or found.facts
    if not facts.started:
        facts = msgspec.structs.replace(facts, started=said.received * 1000, ended=said.received * 1000)
    else:
        defects = list(facts.defects)
    inside = [one for one in found.dialogs if one.body and one.kind in ("recording", "video")]
    sounds = [
        audio.describe(one.body, one.name) for one in inside if audio.recognise(one.body[:4096], one.name)
    ]
    seconds = sum(one.seconds for one in sounds) or (facts.ended - facts.started) / 1000
    call = _call(
        said,
        facts,
        [*defects, *found.facts.defects],
        seconds=seconds,
        sound="; ".join(one.words for one in sounds),
    )
    return msgspec.structs.replace(call, text=found.text, mails=found.mails)


def _with_length(facts: CallFacts, seconds: float) -> CallFacts:
    """A call whose end nobody said ended when its sound does."""
    if facts.ended > facts.started:
        return facts
    return msgspec.structs.replace(facts, ended=facts.started + round(seconds * 1000))


def _call(
    said: _Statement,
    facts: CallFacts,
    defects: list[str],
    *,
    seconds: float | None = None,
    sound: str = "",
    unreadable: str = "",
) -> Call:
    if seconds is None:
        seconds = max(facts.ended - (facts.answered or facts.started), 0) / 1000
    return Call(
        facts,
        channel=said.channel,
        seconds=int(seconds),
        sound=sound,
        defects=tuple(dict.fromkeys(defects)),
        unreadable=unreadable,
    )


def _unknown(name: str, received: int) -> CallFacts:
    moment = received * 1000
    return CallFacts(id=name, direction="unknown", started=moment, ended=moment)
