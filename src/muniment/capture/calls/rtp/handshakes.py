"""The handshakes of one worker: stepped between sweeps, and never for so long that a sweep is late.

While one is under way its port is looked at between two sweeps, so that it takes as long as the way there and
back and not some tenths of a second: what a peer says before that is lost.
"""

import select
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from socket import socket

import structlog

from muniment.capture.calls.ports import Crypto, Fingerprint
from muniment.capture.calls.rtp import orders
from muniment.capture.calls.rtp.association import Maker
from muniment.capture.calls.rtp.call import Call, Media
from muniment.capture.calls.rtp.certificate import Credentials
from muniment.capture.calls.rtp.engine import Engine
from muniment.capture.calls.rtp.keying import Keying
from muniment.capture.calls.rtp.srtp import Protection, Protector
from muniment.core import clock

BUDGET = 0.03  # seconds of one step, of all streams together
EAGER = 10.0  # seconds for which a port is looked at between sweeps
PAUSE = 0.004  # seconds between two looks

log = structlog.get_logger()


@dataclass
class _Shaking:
    call: Call
    media: Media
    keying: Keying
    control: Keying | None
    since: float
    said: str = ""


class Handshakes:
    """Of every stream of one engine whose keys come by DTLS. Times are monotonic seconds."""

    def __init__(self, engine: Engine, say: Callable[[orders.Reply], None]) -> None:
        self._engine, self._say = engine, say
        self._makers: dict[Credentials, Maker] = {}
        self._all: OrderedDict[int, _Shaking] = OrderedDict()

    def begin(self, call: Call, media: Media, terms: orders.Terms, address: str, rtcp_port: int) -> None:
        """Keys of a stream are to come by a handshake, or by another one than before."""
        credentials = Credentials(terms.certificate, terms.private)
        maker = self._makers.get(credentials) or self._makers.setdefault(credentials, Maker(credentials))
        fingerprints = tuple(Fingerprint(*each) for each in terms.fingerprints)

        def made(sock: socket, port: int) -> Keying:
            def send(data: bytes, to: tuple[str, int]) -> None:
                with suppress(OSError):
                    sock.sendto(data, to)

            target = (address, port) if terms.active and address and port else None
            return Keying(maker, fingerprints, send, target, host=address)

        keying = made(media.sockets[0], terms.port)
        control = None if terms.multiplexed else made(media.sockets[1], rtcp_port)
        media.stream.keying, media.reporter.keying = keying, control
        media.reporter.guarded = True
        media.reporter.same_port = media.reporter.same_port or terms.multiplexed
        self._all[media.stream.row] = _Shaking(call, media, keying, control, time.monotonic())

    def resume(self, media: Media, keys: tuple[Crypto, Crypto]) -> None:
        """The handshake was made by an earlier worker, with these keys."""
        self._all[media.stream.row].keying.keys = keys

    def drop(self, media: Media) -> None:
        """Keys come in another way now."""
        self._all.pop(media.stream.row, None)
        media.stream.keying = media.reporter.keying = None

    def end(self, media: Media) -> None:
        """The stream is over; where it never had keys, its call says so."""
        shaking = self._all.pop(media.stream.row, None)
        if shaking is None:
            return
        if shaking.keying.step(time.monotonic()):
            self._keyed(shaking)
        if shaking.keying.keys is None:
            reason = shaking.keying.reason or "nobody finished the handshake"
            shaking.call.defects.append(f"stream {media.number} could not be heard, no keys came: {reason}")

    def step(self, now: float) -> None:
        """Go on with each, as far as the budget reaches; who was served waits behind the others."""
        for row, shaking in list(self._all.items()):
            if shaking.keying.step(now):
                self._keyed(shaking)
            if shaking.control is not None and shaking.control.step(now):
                self._guard_reports(shaking.media, shaking.control)
            self._mark(shaking)
            self._all.move_to_end(row)
            if time.monotonic() - now > BUDGET:
                return

    def rest(self, until: float) -> None:
        """Sleep until then; where a handshake is under way, go on with it as soon as something comes."""
        while (left := until - time.monotonic()) > 0:
            under_way = self._under_way()
            if not under_way:
                time.sleep(left)
                return
            waiting = select.poll()
            for shaking in under_way:
                waiting.register(shaking.media.stream.descriptor, select.POLLIN)
            if waiting.poll(left * 1000):
                self._engine.read([shaking.media.stream for shaking in under_way])
                self.step(time.monotonic())
                time.sleep(min(PAUSE, max(0.0, until - time.monotonic())))

    def _under_way(self) -> list[_Shaking]:
        eager = time.monotonic() - EAGER
        return [each for each in self._all.values() if each.keying.keys is None and each.since > eager]

    def _keyed(self, shaking: _Shaking) -> None:
        keying, media = shaking.keying, shaking.media
        if keying.keys is None:
            return
        theirs, ours = keying.keys
        protection = Protection(theirs)
        media.stream.security = protection
        if shaking.control is None:
            media.reporter.opener, media.reporter.closer = protection, Protector(ours)
        self._engine.give(media.stream, keying.released(clock.microseconds()))
        self._say(orders.Keyed(shaking.call.id, media.number, _key(theirs), _key(ours)))

    def _guard_reports(self, media: Media, control: Keying) -> None:
        if control.keys is not None:
            theirs, ours = control.keys
            media.reporter.opener, media.reporter.closer = Protection(theirs), Protector(ours)

    def _mark(self, shaking: _Shaking) -> None:
        reason = shaking.keying.reason
        if reason and not shaking.said:
            shaking.said = reason
            number, at = shaking.media.number, clock.microseconds()
            log.warning("no keys for a stream", call=shaking.call.id, stream=number, why=reason)
            shaking.call.happened("unkeyed", at, number, why=reason)


def _key(crypto: Crypto) -> orders.Key:
    return orders.Key(crypto.tag, crypto.suite, crypto.key, crypto.salt, crypto.mki)
