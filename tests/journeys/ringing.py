"""A telephone call that goes on until it is told to end: the switch has it recorded, and both sides speak."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from muniment.capture.calls.switch.calling import ClientCall
from muniment.capture.calls.switch.offering import Side
from muniment.capture.calls.switch.signalling import Reach
from muniment.capture.calls.switch.speaking import Sound

SIDES = (Side("sip:+441632960001@switch.example", "Bo"), Side("sip:201@switch.example", "Asha"))
PITCHES = (440, 660)  # Hz: what the caller says, and what is said by the other side
STEP = 0.2  # seconds that are said at a time: whole periods of both
RATE = 8000
PATIENCE = 60.0


@dataclass
class Line:
    """What the persons in the call do: ask for a pause, and hang up."""

    silent: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def ringing(port: int) -> Iterator[Line]:
    """A call to extension 201 by way of the recorder at `port`; it ends with the block, if not before."""
    line, failed = Line(), list[BaseException]()
    thread = threading.Thread(target=_speak, args=(port, line, failed))
    thread.start()
    try:
        yield line
    finally:
        line.over.set()
        thread.join(PATIENCE)
    assert not failed, failed


def _speak(port: int, line: Line, failed: list[BaseException]) -> None:
    tones, silent = tuple(_tone(pitch) for pitch in PITCHES), False
    try:
        with ClientCall(Reach("tcp", "127.0.0.1", port), SIDES) as call:
            call.begin()
            while not line.over.is_set():
                if line.silent.is_set() != silent:
                    silent = not silent
                    (call.pause if silent else call.resume)()
                if silent:
                    call.wait(STEP)
                else:
                    call.say(tones)
            call.end()
    except BaseException as error:  # noqa: BLE001  it is told where the block ends
        failed.append(error)


def _tone(pitch: int) -> Sound:
    moments = np.arange(int(RATE * STEP)) / RATE
    return (8000 * np.sin(2 * np.pi * pitch * moments)).astype(np.int16)
