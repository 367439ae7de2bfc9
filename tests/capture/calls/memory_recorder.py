"""A recorder that keeps in memory what it was told, in order, and gives out ports."""

# ruff: noqa: ARG002  it has the shape of a recorder, and remembers only what tests ask for

from collections.abc import Mapping
from dataclasses import dataclass, field

from muniment.capture.calls.ports import Crypto, Direction, Fingerprint, Handshake, MediaAnswer, MediaOffer
from muniment.core.call_facts import CallFacts
from muniment.core.errors import NotAvailableError


@dataclass
class MemoryRecorder:
    """What happened to it stands in `said`; `full` refuses new calls, `crowded` new streams."""

    full: bool = False
    crowded: bool = False
    said: list[tuple[object, ...]] = field(default_factory=list)
    open: dict[str, dict[int, MediaOffer]] = field(default_factory=dict)
    closed: dict[str, CallFacts] = field(default_factory=dict)
    discarded: dict[str, str] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    signals: list[tuple[str, str, str, Mapping[str, str]]] = field(default_factory=list)
    events: list[tuple[str, Mapping[str, str | int]]] = field(default_factory=list)
    port: int = 40_000

    def ready(self) -> bool:
        return not self.full

    def open_call(self, organisation: str, call: str, started_ms: int, source: str) -> None:
        if self.full:
            raise NotAvailableError("The disk is full.")
        self.said.append(("open", organisation, source))
        self.open[call] = {}

    def open_stream(self, call: str, offer: MediaOffer) -> MediaAnswer:
        if self.crowded:
            raise NotAvailableError("No port is free.")
        assert offer.number not in self.open[call]
        self.said.append(("stream", offer.number, offer.label, offer.address, offer.port))
        self.open[call][offer.number] = offer
        self.port += 2
        return self._answer(offer, self.port)

    def change_stream(self, call: str, offer: MediaOffer) -> MediaAnswer:
        assert offer.number in self.open[call]
        self.said.append(("change", offer.number, offer.port, offer.direction))
        self.open[call][offer.number] = offer
        return self._answer(offer, 40_002 + 2 * offer.number)

    def _answer(self, offer: MediaOffer, port: int) -> MediaAnswer:
        inactive = offer.direction == "inactive"
        direction: Direction = "inactive" if inactive else "recvonly"
        crypto = None
        if offer.handshake is not None:
            ours = Handshake("passive", (Fingerprint("sha-256", b"f" * 32),), offer.handshake.association)
            return MediaAnswer(port, offer.rtcp_port and port, direction=direction, handshake=ours)
        if offer.profile.startswith("RTP/SAVP") or offer.crypto:
            first = offer.crypto[0] if offer.crypto else Crypto(1, "AES_CM_128_HMAC_SHA1_80", b"", b"")
            salt = 12 if "GCM" in first.suite else 14
            key = 32 if "256" in first.suite else 16
            crypto = Crypto(first.tag, first.suite, b"k" * key, b"s" * salt)
        return MediaAnswer(port, port + 1, crypto, direction=direction)

    def signalled(
        self, call: str, kind: str, at_ms: int, sdp: str, metadata: str, headers: Mapping[str, str]
    ) -> None:
        self.signals.append((kind, sdp, metadata, headers))

    def mask(self, call: str, *, on: bool, stream: int | None, why: str, by: str) -> None:
        self.said.append(("mask" if on else "unmask", stream, why, by))

    def event(self, call: str, at_ms: int, what: str, **facts: str | int) -> None:
        self.said.append(("event", what))
        self.events.append((what, facts))

    def keep(self, call: str) -> None:
        self.kept.append(call)

    def close_call(self, call: str, facts: CallFacts) -> None:
        del self.open[call]
        self.closed[call] = facts
        self.said.append(("close",))

    def discard(self, call: str, reason: str) -> None:
        del self.open[call]
        self.discarded[call] = reason

    @property
    def facts(self) -> CallFacts:
        """Of the one call that was closed."""
        (facts,) = self.closed.values()
        return facts
