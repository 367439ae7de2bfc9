"""Containers of the tests' own making: written here from docs/call-format.md, not by the recorder."""

import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from muniment.core import call_facts
from muniment.core.call_facts import CallFacts, CallParty, CallStream, NoticeEvidence

STARTED = 1_700_000_000_000
TONE_A, TONE_B = 440.0, 1000.0


def ulaw_encoded(samples: np.ndarray) -> bytes:
    """G.711 µ-law by the standard's own steps, one sample at a time."""
    out = bytearray()
    for sample in samples.tolist():
        sign = 0x80 if sample < 0 else 0
        size = min(abs(sample), 32635) + 132
        exponent = max(size.bit_length() - 8, 0)
        mantissa = (size >> (exponent + 3)) & 15
        out.append(~(sign | exponent << 4 | mantissa) & 0xFF)
    return bytes(out)


def tone(frequency: float, seconds: float, rate: int = 8000) -> np.ndarray:
    """A sine of half the loudness."""
    return (16_000 * np.sin(2 * np.pi * frequency * np.arange(int(seconds * rate)) / rate)).astype(np.int16)


def loudness(samples: np.ndarray) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) if len(samples) else 0.0


def pitch(samples: np.ndarray, rate: int) -> float:
    """The strongest frequency in hertz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * rate / len(samples))


@dataclass
class Packet:
    """One packet of a sample stream."""

    arrival: int
    timestamp: int
    sequence: int
    payload: bytes
    kind: int = 0


@dataclass
class Builder:
    """Chunks one after another, with an index at the end."""

    seconds: list[int] = field(default_factory=list)
    data: bytearray = field(default_factory=lambda: bytearray(b"MNCALL1\n"))

    def chunk(self, kind: str, body: bytes, stream: int = 0xFFFF) -> None:
        """Add one chunk."""
        self.data += struct.pack("<BBHI", ord(kind), 0, stream, len(body)) + body

    def note(self, kind: str, value: object, stream: int = 0xFFFF) -> None:
        """Add one chunk of JSON."""
        self.chunk(kind, json.dumps(value, sort_keys=True, separators=(",", ":")).encode(), stream)

    def packets(self, stream: int, packets: Sequence[Packet]) -> None:
        """Add a chunk of packets."""
        while packets and len(self.seconds) * 1000 <= packets[0].arrival:
            self.seconds.append(len(self.data))
        columns = [
            b"".join(struct.pack(shape, getattr(one, name)) for one in packets)
            for shape, name in (("<I", "arrival"), ("<I", "timestamp"), ("<H", "sequence"), ("<B", "kind"))
        ]
        lengths = b"".join(struct.pack("<H", len(one.payload)) for one in packets)
        payloads = b"".join(one.payload for one in packets)
        self.chunk("P", struct.pack("<I", len(packets)) + b"".join(columns) + lengths + payloads, stream)

    def finished(self, facts: CallFacts | None, *, index: bool = True) -> bytes:
        """The container."""
        if facts is not None:
            self.chunk("I", call_facts.encode(facts))
        if index:
            table = b"".join(struct.pack("<I", one) for one in self.seconds)
            self.chunk("X", table + struct.pack("<I", len(self.seconds)) + b"MNCALLX\n")
        return bytes(self.data)


def cut(payload: bytes, size: int, step: int, first: int = 0, kind: int = 0, at: int = 0) -> list[Packet]:
    """A payload in packets of 20 ms, `size` octets and `step` clock ticks each; numbers wrap."""
    return [
        Packet(
            at + 20 * n,
            (first + n * step) % 2**32,
            (65_530 + n) % 2**16,
            payload[n * size : (n + 1) * size],
            kind,
        )
        for n in range(len(payload) // size)
    ]


def a_call(
    seconds: int = 3,
    *,
    change: Callable[[int, list[Packet]], list[Packet]] = lambda _, packets: packets,
    facts: CallFacts | None = None,
    index: bool = True,
    masks: Sequence[dict] = (),
) -> bytes:
    """A call of two streams of µ-law: a tone of 440 Hz from the caller, of 1000 Hz from the called."""
    builder = Builder()
    builder.note("H", {"type": "muniment/call/v1", "call": "c1", "started": STARTED, "source": "pbx"})
    codecs = {"0": {"name": "PCMU", "rate": 8000, "channels": 1}}
    streams = {}
    for number, frequency in enumerate((TONE_A, TONE_B)):
        opened = {"at": STARTED, "stream": number, "label": str(number), "codecs": codecs, "participants": [], "direction": "in"}  # fmt: skip
        builder.note("T", opened, number)
        payload = ulaw_encoded(tone(frequency, seconds))
        streams[number] = change(number, cut(payload, 160, 160, first=2**32 - 8000))
    for second in range(seconds + 1):
        for number, packets in streams.items():
            here = [one for one in packets if one.arrival // 1000 == second]
            if here:
                builder.packets(number, here)
    for mask in masks:
        builder.note("S", mask)
    builder.note("E", {"at": STARTED + 500, "what": "dtmf"})
    return builder.finished(facts if facts is not None else the_facts(seconds), index=index)


def the_facts(seconds: int = 3, **changes: object) -> CallFacts:
    """What the recorder would say of that call."""
    fields: dict = {
        "id": "c1",
        "global_id": "g1",
        "direction": "inbound",
        "started": STARTED,
        "answered": STARTED,
        "ended": STARTED + seconds * 1000,
        "queue": "Sales UK",
        "parties": (
            CallParty("caller", dialled="01632 960001", name="Bo", stream=0),
            CallParty("agent", address="sip:201@pbx.example", extension="201", name="Asha", stream=1),
        ),
        "streams": tuple(
            CallStream(
                number, str(number), number, ("PCMU",), seconds * 50, number, 0, 0, 2.5, 4.3 - number, 0
            )
            for number in (0, 1)
        ),
        "notice": NoticeEvidence("played", score=0.9),
    }
    return CallFacts(**{**fields, **changes})
