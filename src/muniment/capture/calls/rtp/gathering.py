"""Reading many datagrams at once: `recvmmsg` of the C library into memory that is laid out once.

The kernel stamps each datagram with the moment of its arrival (SO_TIMESTAMPNS), so that it may lie in its
socket until the next sweep: jitter and masked spans are as exact as if it had been read at once. It also
counts what it had to drop (SO_RXQ_OVFL). Layouts are those of 64-bit Linux.
"""

import ctypes
import socket
import time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from muniment.core.errors import NotAvailableError

SLOT_BYTES = 2048  # of one datagram: more than any path carries whole
SMALL = 64  # datagrams that one call reads at most
NAME_BYTES = 32
CONTROL_BYTES = 64
SO_TIMESTAMPNS = 35
SO_RXQ_OVFL = 40
STAMP_TRIALS, STAMP_PAUSE = 100, 0.01  # seconds
STAMPED = 32  # bytes of control data when nothing was dropped

_HEADER = np.dtype(
    {
        "names": ["name", "name_length", "vector", "vectors", "control", "control_length", "flags", "length"],
        "formats": ["<u8", "<u4", "<u8", "<u8", "<u8", "<u8", "<u4", "<u4"],
        "offsets": [0, 8, 16, 24, 32, 40, 48, 56],
        "itemsize": 64,
    }
)
_VECTOR = np.dtype([("base", "<u8"), ("length", "<u8")])
_CONTROL = np.dtype(
    {
        "names": ["level", "kind", "seconds", "nanoseconds", "dropped"],
        "formats": ["<i4", "<i4", "<i8", "<i8", "<u4"],
        "offsets": [8, 12, 16, 24, 48],
        "itemsize": CONTROL_BYTES,
    }
)

# Without giving up the interpreter's lock: a call returns at once, and giving it up costs more.
_recvmmsg = ctypes.PyDLL(None).recvmmsg
_recvmmsg.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_void_p)
_recvmmsg.restype = ctypes.c_int


class Datagram(NamedTuple):
    """A datagram that was read, and has to wait."""

    data: bytes
    arrived: int
    """Microseconds since 1970."""
    source: tuple[int, int, int]


def prepare(sock: socket.socket, buffer: int) -> int:
    """Ask the kernel for stamps, counts and room; gives the bytes of room that it granted."""
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    sock.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    return sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)


def keep_stamping() -> socket.socket:
    """See to it that the kernel stamps datagrams at their arrival, which it begins only a moment after it is asked.

    Until then a stamp is the moment of reading, and a mask would cut in the wrong place. Stamping goes on as
    long as the socket that is given is open. NotAvailableError if it does not begin.
    """
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    prepare(sock, CONTROL_BYTES)
    sock.bind(("127.0.0.1", 0))
    gatherer = Gatherer(1)
    for _ in range(STAMP_TRIALS):
        sock.sendto(b"?", sock.getsockname())
        sent = time.time_ns() // 1000
        time.sleep(STAMP_PAUSE)
        found = gatherer.read(sock.fileno(), 0)
        gatherer.reset(found)
        if found and int(gatherer.arrivals(1)[0]) <= sent + STAMP_PAUSE * 500_000:
            return sock
    sock.close()
    raise NotAvailableError(
        "The kernel does not stamp datagrams when they arrive.", why="Masks would not be exact without."
    )


class Gatherer:
    """Slots for `capacity` datagrams. Read into them from as many sockets as fit, look, and begin anew."""

    def __init__(self, capacity: int = 1024) -> None:
        self.capacity = capacity
        """Slots that are used before they are looked at; SMALL more lie behind them."""
        capacity += SMALL
        self.data: NDArray[np.uint8] = np.zeros((capacity, SLOT_BYTES), np.uint8)
        """One row for each datagram; only its `lengths` first bytes mean something."""
        self._names = np.zeros((capacity, NAME_BYTES // 8), np.uint64)
        self._control = np.zeros(capacity, _CONTROL)
        self._vectors = np.zeros(capacity, _VECTOR)
        self._vectors["base"] = self.data.ctypes.data + np.arange(capacity) * SLOT_BYTES
        self._vectors["length"] = SLOT_BYTES
        self._headers = np.zeros(capacity, _HEADER)
        self._headers["name"] = self._names.ctypes.data + np.arange(capacity) * NAME_BYTES
        self._headers["vector"] = self._vectors.ctypes.data + np.arange(capacity) * _VECTOR.itemsize
        self._headers["vectors"] = 1
        self._headers["control"] = self._control.ctypes.data + np.arange(capacity) * CONTROL_BYTES
        self._at = self._headers.ctypes.data
        self._places = [self._at + number * _HEADER.itemsize for number in range(capacity)]
        self.reset(capacity)

    def read(self, descriptor: int, at: int) -> int:
        """Read what waits in a socket into the slots from `at`: at most SMALL datagrams, 0 if none waits.

        SMALL slots must be free from there.
        """
        found: int = _recvmmsg(descriptor, self._places[at], SMALL, socket.MSG_DONTWAIT, None)
        return found if found > 0 else 0  # noqa: FURB136 a call of max() costs as much as the rest

    def put(self, at: int, datagram: Datagram) -> None:
        """Fill a slot as if the datagram were read into it now."""
        data, arrived, source = datagram
        size = min(len(data), SLOT_BYTES)
        self.data[at, :size] = np.frombuffer(data, np.uint8, size)
        family = source[0] & 0xFFFF
        self._names[at, :3] = source
        headers, control = self._headers, self._control
        headers["name_length"][at] = 16 if family == socket.AF_INET else 28
        headers["length"][at], headers["flags"][at], headers["control_length"][at] = size, 0, STAMPED
        control["seconds"][at], control["nanoseconds"][at] = (
            arrived // 1_000_000,
            arrived % 1_000_000 * 1000,
        )

    def reset(self, used: int) -> None:
        """Make the first `used` slots ready to be read into again."""
        headers = self._headers[:used]
        headers["name_length"] = NAME_BYTES
        headers["control_length"] = CONTROL_BYTES

    def lengths(self, used: int) -> NDArray[np.int64]:
        """Bytes of each datagram."""
        return self._headers["length"][:used].astype(np.int64)

    def cut_off(self, used: int) -> NDArray[np.bool_]:
        """Which datagrams were longer than a slot."""
        flags: NDArray[np.uint32] = self._headers["flags"][:used]
        cut: NDArray[np.bool_] = (flags & np.uint32(socket.MSG_TRUNC)) > 0
        return cut

    def arrivals(self, used: int) -> NDArray[np.int64]:
        """When each datagram arrived, in microseconds since 1970."""
        stamps = self._control[:used]
        seconds: NDArray[np.int64] = stamps["seconds"]
        rest: NDArray[np.int64] = stamps["nanoseconds"]
        return seconds * 1_000_000 + rest // 1000

    def dropped(self, used: int) -> NDArray[np.int64]:
        """How many datagrams the kernel has dropped at this socket so far; 0 where it says nothing."""
        said = self._headers["control_length"][:used] > STAMPED
        return np.where(said, self._control["dropped"][:used], 0).astype(np.int64)

    def sources(self, used: int) -> NDArray[np.uint64]:
        """Where each came from, as three words that can be compared: family, port, address."""
        words = self._names[:used, :3]
        plain = self._headers["name_length"][:used] == 16  # noqa: PLR2004 sizeof(struct sockaddr_in)
        if plain.all():
            words = words.copy()
            words[:, 1:] = 0
            return words
        words = words.copy()
        words[plain, 1:] = 0
        words[~plain, 0] &= np.uint64(0xFFFF_FFFF)  # the flow label of IPv6 may change
        return words


def source_words(family: int, address: str, port: int) -> tuple[int, int, int]:
    """The words of `sources` for a numeric address."""
    packed = socket.inet_pton(family, address)
    head = family.to_bytes(2, "little") + port.to_bytes(2, "big")
    if family == socket.AF_INET:
        return int.from_bytes(head + packed, "little"), 0, 0
    return (
        int.from_bytes(head, "little"),
        int.from_bytes(packed[:8], "little"),
        int.from_bytes(packed[8:], "little"),
    )


def written_source(words: tuple[int, int, int]) -> tuple[str, int]:
    """Address and port of `sources`' words."""
    head = words[0].to_bytes(8, "little")
    family, port = int.from_bytes(head[:2], "little"), int.from_bytes(head[2:4], "big")
    if family == socket.AF_INET:
        return socket.inet_ntop(socket.AF_INET, head[4:8]), port
    address = words[1].to_bytes(8, "little") + words[2].to_bytes(8, "little")
    return socket.inet_ntop(socket.AF_INET6, address), port
