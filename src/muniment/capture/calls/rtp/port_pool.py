"""Pairs of UDP ports for RTP and RTCP: none is used again while late packets of its last call may come."""

import errno
import socket
from collections import deque
from dataclasses import dataclass

from muniment.capture.calls.rtp.gathering import prepare
from muniment.core.errors import NotAvailableError

QUARANTINE = 30.0  # seconds
_TAKEN_BY_OTHERS = (errno.EADDRINUSE, errno.EACCES)


@dataclass(frozen=True)
class Pair:
    """Two bound sockets; the ports are neighbours, the media port even (RFC 3550 section 11)."""

    port: int
    media: socket.socket
    control: socket.socket

    def close(self) -> None:
        """Close both."""
        self.media.close()
        self.control.close()


class PortPool:
    """The pairs from `first` to `last` on one address. Not for threads."""

    def __init__(
        self, address: str, first: int, last: int, *, room: int, quarantine: float = QUARANTINE
    ) -> None:
        """`room` is the receive buffer asked for, in bytes; `quarantine` in seconds."""
        self._address, self._room, self._quarantine = address, room, quarantine
        self._family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._free = deque(range(first + first % 2, last, 2))
        self._resting: deque[tuple[float, int]] = deque()
        self.room = 0
        """The receive buffer that the kernel granted the last socket, in bytes as it counts them."""

    @property
    def family(self) -> int:
        """Of the address."""
        return self._family

    def free(self, now: float) -> int:
        """How many pairs can be taken; `now` in monotonic seconds."""
        self._wake(now)
        return len(self._free)

    def take(self, now: float) -> Pair:
        """A bound pair; NotAvailableError if there is none."""
        self._wake(now)
        for _ in range(len(self._free)):
            port = self._free.popleft()
            try:
                return self._bind(port)
            except OSError as error:
                self._resting.append((now, port))
                if error.errno not in _TAKEN_BY_OTHERS:
                    raise NotAvailableError(
                        "A media port cannot be opened.", why=f"{error.strerror}."
                    ) from error
        raise NotAvailableError(
            "No media port is free.",
            why="As many streams are recorded as there are pairs of ports, or calls have just ended.",
            remedy="Widen `ports` in [calls] of muniment.toml.",
        )

    def give_back(self, pair: Pair, now: float) -> None:
        """Close a pair; its ports rest before anybody gets them."""
        pair.close()
        self._resting.append((now, pair.port))

    def _wake(self, now: float) -> None:
        while self._resting and self._resting[0][0] + self._quarantine <= now:
            self._free.append(self._resting.popleft()[1])

    def _bind(self, port: int) -> Pair:
        opened: list[socket.socket] = []
        try:
            for number in (port, port + 1):
                opened.append(socket.socket(self._family, socket.SOCK_DGRAM))
                self.room = prepare(opened[-1], self._room) if number == port else self.room
                opened[-1].setblocking(False)
                opened[-1].bind((self._address, number))
        except OSError:
            for each in opened:
                each.close()
            raise
        return Pair(port, *opened)
