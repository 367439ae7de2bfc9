"""Keys of one stream by a handshake on its own port: whom it is made with, and what waits meanwhile.

Datagrams are told apart by their first byte (RFC 7983). Everything is bounded: peers that are heard, attempts
that may fail, datagrams that wait, and sound that comes before its keys, which is held and not lost.
"""

from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from muniment.capture.calls.ports import Crypto, Fingerprint
from muniment.capture.calls.rtp.association import RECORD_HEAD, Association, Maker
from muniment.capture.calls.rtp.gathering import Datagram, written_source

FIRST, LAST = 20, 63  # first bytes of DTLS
HANDSHAKE, CLIENT_HELLO = 22, b"\1"
MOST_WAITING = 32  # datagrams
MOST_EARLY = 1 << 16  # bytes of sound: five seconds of G.711
OLDEST_EARLY = 3_000_000  # microseconds; less than masks are remembered for, so that each is still applied
MOST_PEERS = 4
MOST_FAILURES, MOST_OF_STRANGERS = 64, 8
PATIENCE = 30.0  # seconds for one handshake
RETRY = 5.0  # seconds before we begin anew

type Address = tuple[str, int]


@dataclass
class _Peer:
    association: Association
    since: float


@dataclass
class Keying:
    """The handshakes of one port. Times are monotonic seconds."""

    maker: Maker
    fingerprints: Sequence[Fingerprint]
    send: Callable[[bytes, Address], None]
    target: Address | None = None
    """Whom we greet, where ours is the active part."""
    keys: tuple[Crypto, Crypto] | None = None
    """Theirs and ours; the newest where a peer came again."""
    host: str = ""
    """The address that signalling named: strangers have fewer attempts than it has."""
    reason: str = ""
    """Why the last attempt failed."""
    early: deque[Datagram] = field(default_factory=deque)
    _early_bytes: int = 0
    _waiting: deque[tuple[bytes, Address]] = field(default_factory=deque)
    _peers: OrderedDict[Address, _Peer] = field(default_factory=OrderedDict)
    _failures: Counter[bool] = field(default_factory=Counter)
    _next: float = 0.0

    def take(
        self,
        data: NDArray[np.uint8],
        rows: range,
        lengths: NDArray[np.int64],
        arrived: NDArray[np.int64],
        sources: NDArray[np.uint64],
        *,
        hold: bool,
    ) -> None:
        """Take what belongs to a handshake out of a batch: its length becomes 0. `hold`: the rest too."""
        first = data[rows.start : rows.stop, 0]
        ours = (first >= FIRST) & (first <= LAST) & (lengths[rows.start : rows.stop] > 0)
        if not hold and not ours.any():
            return
        for row in rows:
            if not lengths[row] or not (hold or ours[row - rows.start]):
                continue
            datagram = data[row, : int(lengths[row])].tobytes()
            words = tuple(sources[row].tolist())
            lengths[row] = 0
            if ours[row - rows.start]:
                self.receive(datagram, written_source(words))
            else:
                self._hold(Datagram(datagram, int(arrived[row]), words))

    def receive(self, datagram: bytes, address: Address) -> None:
        """A datagram of DTLS, for the next step; dropped where too many wait: it is sent again."""
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append((datagram, address))

    def _hold(self, datagram: Datagram) -> None:
        self.early.append(datagram)
        self._early_bytes += len(datagram.data)
        while self._early_bytes > MOST_EARLY:
            self._early_bytes -= len(self.early.popleft().data)

    def released(self, now: int) -> list[Datagram]:
        """What was held of the last seconds, once there are keys; `now` in microseconds since 1970."""
        early, self._early_bytes = list(self.early), 0
        self.early.clear()
        return [each for each in early if each.arrived > now - OLDEST_EARLY]

    @property
    def waiting(self) -> bool:
        """Whether datagrams wait for a step."""
        return bool(self._waiting)

    def _may_try(self, address: Address) -> bool:
        known = address[0] == self.host
        return self._failures[known] < (MOST_FAILURES if known else MOST_OF_STRANGERS)

    def step(self, now: float) -> bool:
        """Go on as far as it goes; whether there are new keys."""
        before = self.keys
        if self.target is not None and self.keys is None and not self._peers and now >= self._next:
            self._greet(self.target, now)
        while self._waiting:
            self._one(*self._waiting.popleft(), now)
        for address, peer in list(self._peers.items()):
            peer.association.pass_time()
            if peer.association.keys is None and now - peer.since > PATIENCE:
                peer.association.failed = peer.association.failed or "the handshake was not finished in time"
            self._flush(address, peer.association, now)
        return self.keys is not before

    def _greet(self, target: Address, now: float) -> None:
        self._next = now + RETRY
        if self._may_try(target):
            self._peers[target] = _Peer(self.maker.connect(target, self.fingerprints), now)

    def _one(self, datagram: bytes, address: Address, now: float) -> None:
        peer = self._peers.get(address)
        if peer is not None and not (peer.association.keys and _is_hello(datagram)):
            peer.association.receive(datagram)
            self._flush(address, peer.association, now)
        elif self.target is None and datagram[0] == HANDSHAKE and self._may_try(address):
            made, out = self.maker.answer(datagram, address, self.fingerprints)
            for each in out:
                self.send(each, address)
            if made is not None:
                self._welcome(address, _Peer(made, now))

    def _welcome(self, address: Address, peer: _Peer) -> None:
        self._peers[address] = peer
        if len(self._peers) > MOST_PEERS:
            unkeyed = (known for known, each in self._peers.items() if each.association.keys is None)
            del self._peers[next(unkeyed, next(iter(self._peers)))]

    def _flush(self, address: Address, association: Association, now: float) -> None:
        keyed = association.keys is not None and association.keys is self.keys
        for each in association.outgoing():
            self.send(each, address)
        if association.failed:
            self._peers.pop(address, None)
            self._failures[address[0] == self.host] += 1
            self.reason, self._next = association.failed, now + RETRY
        elif association.keys is not None and not keyed:
            self._agreed(address, association)

    def _agreed(self, address: Address, association: Association) -> None:
        """The peer that signalling named was heard: nobody else is waited for."""
        self.keys, self.reason = association.keys, ""
        peer = self._peers[address]
        self._peers.clear()
        self._peers[address] = peer


def _is_hello(datagram: bytes) -> bool:
    """Whether somebody begins: a client that was started anew does so from the port that it had before."""
    epoch, kind = datagram[3:5], datagram[RECORD_HEAD : RECORD_HEAD + 1]
    return datagram[0] == HANDSHAKE and epoch == bytes(2) and kind == CLIENT_HELLO
