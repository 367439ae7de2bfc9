"""From the bytes of a recording and its capture statement to a `Call`. Never raises.

1. What the recorder or the switch knew stands in the capture statement; a container holds it too.
2. The bytes say how long the sound is, and what it is. What they contradict is a defect.
3. A recording kept in segments is not opened for this: its statement is enough.
"""

from collections.abc import Sequence

import msgspec

from muniment.core.call_facts import CallFacts
from muniment.readers.calls import audio, vcon
from muniment.readers.calls.call import Call
from muniment.readers.calls.container import Container
from muniment.readers.calls.errors import CallUnreadableError
from muniment.readers.calls.known import Statement, known_call, read_statement
from muniment.readers.calls.source import Held

LARGEST_DIFFERENCE = 2  # seconds between the length that a switch says and the one that is there


def read_call(original: bytes, statement: bytes) -> Call:
    """What a recording is of. `original` may be empty where the record is kept in segments."""
    said = read_statement(statement)
    if said is None or not original:
        return known_call(statement)
    try:
        return _by_form(said, original)
    except CallUnreadableError as error:
        return known_call(statement, str(error))
    except Exception as error:  # noqa: BLE001 whatever a hostile file provokes, it stays a record
        return known_call(statement, f"It cannot be read ({type(error).__name__}).")


def _by_form(said: Statement, original: bytes) -> Call:
    match said.form:
        case "siprec":
            return _recorded(said, original)
        case "vcon":
            return _exchanged(said, original)
        case _:
            return _sounding(said, original)


def _sounding(said: Statement, original: bytes) -> Call:
    found = audio.describe(original, said.origin)
    facts, defects = said.facts, list(said.defects)
    answered = facts.started if said.laid_out == "siprec" else facts.answered
    talk = (facts.ended - answered) / 1000
    if answered and facts.ended > facts.started and abs(talk - found.seconds) > LARGEST_DIFFERENCE:
        defects.append(f"the recording has {found.seconds:.0f} s, the switch says {talk:.0f} s")
    if facts.ended <= facts.started:  # nobody said when it ended: when its sound does
        facts = msgspec.structs.replace(facts, ended=facts.started + round(found.seconds * 1000))
    return _call(said, facts, defects, found.seconds, found.words)


def _recorded(said: Statement, original: bytes) -> Call:
    container = Container(Held(original))
    facts = container.facts() or (said.call or _of_head(container, said.facts))
    codecs = dict.fromkeys(codec for stream in facts.streams for codec in stream.codecs)
    sound = f"{len(facts.streams)} streams as sent: {', '.join(codecs)}" if codecs else ""
    seconds = max(facts.ended - (facts.answered or facts.started), 0) / 1000
    return _call(said, facts, [*facts.defects, *container.defects], seconds, sound)


def _of_head(container: Container, known: CallFacts) -> CallFacts:
    """A call that was cut off before its recorder could write down what it knew."""
    started = container.head.started
    last = max((int(each.arrival[-1]) for each in container.packets() if len(each.arrival)), default=0)
    return msgspec.structs.replace(
        known, id=container.head.call, started=started, answered=started, ended=started + last
    )


def _exchanged(said: Statement, original: bytes) -> Call:
    found = vcon.read(original, said.region)
    facts, defects = said.call or found.facts, [*found.facts.defects]
    if not facts.started:
        facts = msgspec.structs.replace(facts, started=said.received * 1000, ended=said.received * 1000)
        defects += said.defects
    inside = [one for one in found.dialogs if one.body and one.kind in vcon.SPOKEN]
    sounds = [
        audio.describe(one.body, one.name) for one in inside if audio.recognise(one.body[:4096], one.name)
    ]
    seconds = sum(one.seconds for one in sounds) or (facts.ended - facts.started) / 1000
    call = _call(said, facts, defects, seconds, "; ".join(one.words for one in sounds))
    return msgspec.structs.replace(call, text=found.text, mails=found.mails)


def _call(said: Statement, facts: CallFacts, defects: Sequence[str], seconds: float, sound: str) -> Call:
    return Call(
        facts, channel=said.channel, seconds=int(seconds), sound=sound, defects=tuple(dict.fromkeys(defects))
    )
