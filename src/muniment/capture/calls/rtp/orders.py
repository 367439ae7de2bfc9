"""What recorder and worker say to one another: one datagram for each message, sockets passed beside it."""

import array
import socket
from collections.abc import Sequence
from struct import Struct

import msgspec

from muniment.core.call_facts import CallStream

ROOM = 8 << 20  # bytes of orders that may wait for a worker that is stopped
LARGEST = 1 << 19


class Line(msgspec.Struct, frozen=True):
    """A codec, as in `ports.Codec`."""

    name: str
    rate: int
    channels: int = 1
    fmtp: str = ""


class Key(msgspec.Struct, frozen=True):
    """A crypto line, as in `ports.Crypto`."""

    tag: int
    suite: str
    key: bytes
    salt: bytes
    mki: bytes = b""


class Terms(msgspec.Struct, frozen=True):
    """A handshake that is to bring the keys of a stream."""

    certificate: bytes
    private: bytes
    """Of our certificate; both DER."""
    active: bool
    fingerprints: tuple[tuple[str, bytes], ...]
    multiplexed: bool
    """Whether reports go over the media port, under the same keys."""
    port: int
    """Where the client takes media."""


class KeyRule(msgspec.Struct, frozen=True):
    """Keys that silence a call: the rule's name, the sequences, and seconds of silence after any key (0: none)."""

    name: str
    pause: str = ""
    resume: str = ""
    seconds: int = 0


class Told(msgspec.Struct, frozen=True, tag=True):
    """Something happened in a call."""

    call: str
    what: str
    at: int
    stream: int | None = None
    by: str = ""
    lasts: int = 0
    """Microseconds from `at`, of a silence that ends by itself."""


class Order(msgspec.Struct, frozen=True, tag=True):
    """Something that the recorder wants of one call; `at` in microseconds since 1970."""

    call: str
    at: int


class Open(Order, frozen=True, tag=True):
    """Begin a call: its file, its key and the first bytes of its container."""

    path: str
    key: bytes
    started: int
    """Milliseconds since 1970."""
    head: bytes
    again: bool = False
    """Whether the file is there already, because another worker began it."""
    keys: tuple[KeyRule, ...] = ()
    paused: tuple[Told, ...] = ()
    """Silences by keys that another worker told of, for which this one goes on."""


class Listen(Order, frozen=True, tag=True):
    """Open a stream; two sockets come with it."""

    number: int
    label: str
    address: str
    rtcp_port: int
    codecs: dict[int, Line]
    theirs: Key | None = None
    ours: Key | None = None
    terms: Terms | None = None
    again: bool = False
    """Whether another worker had the stream before: counters of packets may have gone round."""


class Change(Order, frozen=True, tag=True):
    """A stream's other address, codecs or keys; `relearn` where the source may be another."""

    number: int
    address: str
    rtcp_port: int
    codecs: dict[int, Line]
    theirs: Key | None = None
    ours: Key | None = None
    terms: Terms | None = None
    relearn: bool = True


class EndStream(Order, frozen=True, tag=True):
    """A stream is over."""

    number: int


class Write(Order, frozen=True, tag=True):
    """A chunk of the container."""

    chunk: bytes


class Mask(Order, frozen=True, tag=True):
    """Silence from `at`, or until `at`; `stream` None for all."""

    on: bool
    stream: int | None
    why: str
    by: str


class Keep(Order, frozen=True, tag=True):
    """Write the head: from now on the call outlives a crash."""

    head: bytes


class Close(Order, frozen=True, tag=True):
    """The call is over: everything to disk."""


class Discard(Order, frozen=True, tag=True):
    """Forget the call and its key, and remove its file."""


class Stop(Order, frozen=True, tag=True):
    """End the process once everything is on disk."""


class Kept(msgspec.Struct, frozen=True, tag=True):
    """The head is on stable storage."""

    call: str


class Keyed(msgspec.Struct, frozen=True, tag=True):
    """A handshake has brought these keys: the recorder keeps them in case this worker ends."""

    call: str
    stream: int
    theirs: Key
    ours: Key


class Closed(msgspec.Struct, frozen=True, tag=True):
    """The call's file is complete and on stable storage; what is known of its streams."""

    call: str
    streams: tuple[CallStream, ...]
    masks: tuple[tuple[int, int, int | None, str, str], ...]
    digits: bool
    defects: tuple[str, ...]


class Alive(msgspec.Struct, frozen=True, tag=True):
    """Every few seconds: how it goes."""

    calls: int
    packets: int
    dropped: int
    """Datagrams that the kernel dropped, since the start."""
    failing: bool
    """Whether the disk refuses."""


type AnyOrder = Open | Listen | Change | EndStream | Write | Mask | Keep | Close | Discard | Stop
type Reply = Told | Kept | Keyed | Closed | Alive

_encoder = msgspec.msgpack.Encoder()
_orders = msgspec.msgpack.Decoder(AnyOrder.__value__)
_replies = msgspec.msgpack.Decoder(Reply.__value__)
_DESCRIPTORS = 2
_INT = Struct("i")


def pair() -> tuple[socket.socket, socket.socket]:
    """Both ends of a channel that keeps messages apart and in order."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for each in (ours, theirs):
        each.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM)
    return ours, theirs


def send(channel: socket.socket, message: msgspec.Struct, descriptors: Sequence[int] = ()) -> None:
    """Send a message, with descriptors beside it. OSError if the other end is gone."""
    beside = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
    channel.sendmsg([_encoder.encode(message)], beside)


class Orders:
    """The worker's end of the channel, with a buffer that is laid out once."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._room = memoryview(bytearray(LARGEST))

    def next(self) -> tuple[AnyOrder, tuple[int, ...]] | None:
        """The next order and its descriptors; None if none waits. EOFError once the recorder is gone."""
        try:
            # Not socket.recv_fds: it forgets its flags (Python 3.12).
            length, beside, _, _ = self._channel.recvmsg_into(
                [self._room],
                socket.CMSG_LEN(_DESCRIPTORS * _INT.size),
                socket.MSG_DONTWAIT | socket.MSG_CMSG_CLOEXEC,
            )
        except BlockingIOError:
            return None
        if not length:
            raise EOFError
        descriptors = array.array("i")
        for level, kind, found in beside:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                descriptors.frombytes(found[: len(found) - len(found) % _INT.size])
        return _orders.decode(self._room[:length]), tuple(descriptors)


def receive_reply(channel: socket.socket) -> Reply:
    """The next reply, waiting for it. EOFError once the worker is gone."""
    data = channel.recv(LARGEST)
    if not data:
        raise EOFError
    reply: Reply = _replies.decode(data)
    return reply
