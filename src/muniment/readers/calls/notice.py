"""Was the recording notice played in a recording? Proved from the recording itself, by the reading child.

Of a recording that is kept in segments its beginning is enough: a file that ends early is heard as far as it goes.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from muniment.core.announcements import LOOKED_AT, RATE
from muniment.core.prompts import LONGEST, Prompt, heard
from muniment.core.staff_tones import beginnings
from muniment.readers.calls import audio
from muniment.readers.calls.call import Call
from muniment.readers.calls.container import Container, is_container
from muniment.readers.calls.hearing import hear
from muniment.readers.calls.source import Held

SPAN = (0, round((LOOKED_AT + LONGEST) * 1000))  # ms in which a whole announcement must lie


def with_notice(call: Call, original: bytes, prompts: Sequence[Prompt], name: str = "") -> Call:
    """The call with its evidence, where nothing was known of a notice and one is heard. Never raises."""
    if not prompts or not original or call.facts.notice.state != "unknown":
        return call
    try:
        found = heard(_channels(call, original, name), prompts, call.facts.started)
    except Exception:  # noqa: BLE001  whatever a hostile file provokes, nothing is claimed of it
        return call
    if found is None:
        return call
    return msgspec.structs.replace(call, facts=msgspec.structs.replace(call.facts, notice=found))


def with_tones(call: Call, original: bytes, name: str = "") -> Call:
    """The call with how often the tone is heard by which staff are told, where its line has one. Never raises."""
    staff = call.facts.staff
    if not staff or not staff.tone_hertz or staff.tones >= 0 or not original:
        return call
    try:
        sides = _channels(call, original, name)
        found = max((beginnings(each, RATE, staff.tone_hertz, staff.tone_every) for each in sides), default=0)
    except Exception:  # noqa: BLE001  the same
        return call
    told = msgspec.structs.replace(staff, tones=found)
    return msgspec.structs.replace(call, facts=msgspec.structs.replace(call.facts, staff=told))


def _channels(call: Call, original: bytes, name: str) -> list[NDArray[np.int16]]:
    if is_container(original[:64]):
        sound = hear(Container(Held(original)), SPAN, call.facts)
    else:
        sound = audio.decode(original, name, SPAN)
    return [np.asarray(each, np.int16) for each in sound.at(RATE).channels]
