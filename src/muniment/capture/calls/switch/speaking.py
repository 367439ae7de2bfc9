"""Sound as a telephone sends it: G.711 µ-law, fifty packets a second, in real time."""

import socket
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from muniment.capture.calls.rtp.tones import samples

PACKET = 160  # samples of G.711 in 20 ms
SECONDS = 0.02
_HEADER = struct.Struct(">BBHII")  # RFC 3550 section 5.1
_VERSION = 0x80
_LEVELS = samples(bytes(range(256)), "PCMU")
_ORDER = np.argsort(_LEVELS, kind="stable")
_MIDDLES = (_LEVELS[_ORDER][1:].astype(np.int32) + _LEVELS[_ORDER][:-1]) / 2

type Sound = NDArray[np.int16]


def encoded(sound: Sound) -> bytes:
    """16-bit samples as µ-law: for each the code whose level is nearest (ITU-T G.711)."""
    return _ORDER[np.searchsorted(_MIDDLES, sound)].astype(np.uint8).tobytes()


@dataclass
class Stream:
    """One side's sound on its way. `sent` counts packets."""

    way: socket.socket
    source: int
    """Its SSRC (RFC 3550 section 8)."""
    to: tuple[str, int] = ("", 0)
    sent: int = 0
    left_out: int = 0
    """Packets that were not sent while its clock went on: it was on hold."""

    @property
    def port(self) -> int:
        """From where it is sent."""
        return int(self.way.getsockname()[1])

    def send(self, payload: bytes) -> None:
        """Send the next packet. OSError where the network refuses it."""
        clock = (self.sent + self.left_out) * PACKET & 0xFFFF_FFFF
        header = _HEADER.pack(_VERSION, 0, self.sent & 0xFFFF, clock, self.source)
        self.way.sendto(header + payload, self.to)
        self.sent += 1


@dataclass
class Speaking:
    """Sends the sides of a call together, so that what they say keeps its order."""

    streams: tuple[Stream, ...]
    pause: Callable[[float], object] = time.sleep
    now: Callable[[], float] = time.monotonic
    _due: float = field(default=0.0)

    def wait(self, seconds: float) -> None:
        """Send nothing for so long; the clocks of the streams go on."""
        self.pause(seconds)
        for stream in self.streams:
            stream.left_out += round(seconds / SECONDS)

    def say(self, sounds: Sequence[Sound], stopped: Callable[[], bool] = lambda: False) -> None:
        """Send one sound on each stream in real time, silence where one is shorter. Ends early if `stopped`."""
        count = -(-max(len(each) for each in sounds) // PACKET)
        codes = [encoded(np.pad(each, (0, count * PACKET - len(each)))) for each in sounds]
        self._due = max(self._due, self.now() - SECONDS)
        for place in range(count):
            if stopped():
                return
            for stream, code in zip(self.streams, codes, strict=True):
                stream.send(code[place * PACKET : (place + 1) * PACKET])
            self._due += SECONDS
            if (early := self._due - self.now()) > 0:
                self.pause(early)


def silence(seconds: float) -> Sound:
    """Nothing, for so long."""
    return np.zeros(round(seconds * PACKET / SECONDS), np.int16)
