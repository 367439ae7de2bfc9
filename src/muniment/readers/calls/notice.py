"""Was the recording notice played in a recording? Proved from the recording itself, by the reading child."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from muniment.core.announcements import LOOKED_AT, RATE
from muniment.core.prompts import LONGEST, Prompt, heard
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


def _channels(call: Call, original: bytes, name: str) -> list[NDArray[np.int16]]:
    if is_container(original[:64]):
        sound = hear(Container(Held(original)), SPAN, call.facts)
    else:
        sound = audio.decode(original, name, SPAN)
    return [np.asarray(each, np.int16) for each in sound.at(RATE).channels]
